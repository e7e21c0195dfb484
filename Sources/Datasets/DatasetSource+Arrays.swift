import Foundation
import Graph
import ModelFormats

extension DatasetSource {
  /// `inputs.npy` and, where it is there, `labels.npy`.
  func readArrays() throws(DatasetError) -> Dataset {
    let inputs = try array("inputs.npy")
    let labels = exists("labels.npy") ? try array("labels.npy") : nil
    return try dataset(inputs, labels)
  }

  func dataset(_ inputs: NumpyFile, _ labels: NumpyFile?) throws(DatasetError) -> Dataset {
    let place = "\(folder)/inputs.npy"
    let found = Shape(Array(inputs.shape.dimensions.dropFirst()))
    // Only axes of extent 1 may be left out or added.
    guard inputs.shape.rank >= 1,
      found.dimensions.filter({ $0 != 1 }) == sample.dimensions.filter({ $0 != 1 })
    else {
      throw DatasetError(place, "samples of \(found)", expected: "\(sample), the model's input")
    }
    try requireRoom(inputs.shape[0], place)
    guard let values = inputs.reals else {
      throw DatasetError(place, "elements of \(inputs.elementType)", expected: "numbers")
    }
    return try Dataset(
      name: name, sampleShape: sample, values: values, labels: try labels.map(integers),
      classNames: classNames)
  }

  private func integers(_ labels: NumpyFile) throws(DatasetError) -> [Int] {
    let place = "\(folder)/labels.npy"
    guard labels.shape.rank == 1 || labels.shape.dimensions.dropFirst().allSatisfy({ $0 == 1 }) else {
      throw DatasetError(place, "an array of \(labels.shape)", expected: "one label a sample")
    }
    guard !labels.elementType.isFloatingPoint, let numbers = labels.reals else {
      throw DatasetError(place, "elements of \(labels.elementType)", expected: "integers")
    }
    // The largest 64-bit numbers have no f32 of their own, and are no label either.
    return numbers.map { Int(exactly: $0) ?? .max }
  }

  private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(name)") }

  private func array(_ name: String) throws(DatasetError) -> NumpyFile {
    let path = "\(folder)/\(name)"
    let bytes = try bytes(path, noun: "a NumPy array")
    do { return try NumpyFile(bytes: bytes, path: path) } catch {
      throw DatasetError(path, error.found, expected: error.expected)
    }
  }
}

extension NumpyFile {
  /// The elements as f32; `nil` for types without a number.
  var reals: [Float]? {
    switch elementType {
    case .f32: data.elements(as: Float.self)
    case .f16: data.elements(as: UInt16.self).map(Float.init(half:))
    case .f64: data.elements(as: Double.self).map { Float($0) }
    case .i8: data.elements(as: Int8.self).map { Float($0) }
    case .u8, .bool: data.elements(as: UInt8.self).map { Float($0) }
    case .i16: data.elements(as: Int16.self).map { Float($0) }
    case .u16: data.elements(as: UInt16.self).map { Float($0) }
    case .i32: data.elements(as: Int32.self).map { Float($0) }
    case .u32: data.elements(as: UInt32.self).map { Float($0) }
    case .i64: data.elements(as: Int64.self).map { Float($0) }
    case .u64: data.elements(as: UInt64.self).map { Float($0) }
    default: nil
    }
  }
}

extension Float {
  /// The number that an IEEE 754 half stands for, exactly.
  init(half bits: UInt16) {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1f)
    let fraction = Float(bits & 0x3ff)
    switch exponent {
    case 0: self = sign * fraction * 0x1p-24
    case 31: self = fraction == 0 ? sign * .infinity : .nan
    default: self = sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction * 0x1p-10)
    }
  }
}
