import Foundation
import ModelFormats
import TestSupport

extension [UInt8] {
  /// NumPy's format, version 1: an array of little-endian f32.
  static func npy(_ shape: [Int], _ values: [Float]) -> [UInt8] {
    npy("<f4", shape, littleEndian(values.map(\.bitPattern)))
  }

  /// An array of i64, one axis.
  static func npy(_ values: [Int64]) -> [UInt8] { npy("<i8", [values.count], littleEndian(values)) }

  private static func npy(_ type: String, _ shape: [Int], _ bytes: [UInt8]) -> [UInt8] {
    var header =
      "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(shape.map { "\($0)," }.joined())), }"
    header += String(repeating: " ", count: (64 - (11 + header.utf8.count) % 64) % 64) + "\n"
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    return magic + littleEndian([UInt16(header.utf8.count)]) + Array(header.utf8) + bytes
  }
}

extension Scratch {
  /// Data for ``TestModels/classifier()``: images of ten classes, each with noise on a pattern of its own.
  ///
  /// - Parameters:
  ///   - change: What a test spoils.
  ///   - labelled: Whether there are labels.
  func writeDataset(
    _ name: String, count: Int = 300, labelled: Bool = true, shape: [Int] = [8, 8, 3],
    change: (_ inputs: inout [Float], _ labels: inout [Int64]) -> Void = { _, _ in }
  ) throws {
    try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
    let size = shape.reduce(1, *)
    var labels = (0..<count).map { Int64($0 % 10) }
    var inputs = (0..<count * size).map { index -> Float in
      let (sample, place) = index.quotientAndRemainder(dividingBy: size)
      let pattern: Float = (place + 7 * (sample % 10)) % 10 < 3 ? 1 : 0
      return pattern + Float((index * 7919) % 1009) / 1009 - 0.5
    }
    change(&inputs, &labels)
    try write([UInt8].npy([inputs.count / max(1, size)] + shape, inputs), to: "\(name)/inputs.npy")
    if labelled { try write([UInt8].npy(labels), to: "\(name)/labels.npy") }
  }
}
