import Graph

/// The structure of an ncnn model: what a `.param` or `.param.bin` file holds.
struct NcnnNetwork {
  var layers: [NcnnLayer]
  var blobCount: Int

  /// What both forms of the file start with.
  static let magic: Int32 = 7_767_517
}

/// One layer: its type, the blobs that it reads and makes, and its parameters by number.
struct NcnnLayer {
  var type: String
  var name: String
  var bottoms: [String]
  var tops: [String]
  var parameters: [Int: NcnnValue]
  /// "line 12" or "layer 9", for errors.
  var position: String

  var place: String { "\(position): \(type) '\(name)'" }
}

/// A parameter as it is written. The binary form does not say whether four bytes are an integer or a number.
enum NcnnValue: Hashable {
  case integer(Int32)
  case number(Float)
  case bits(UInt32)
  indirect case list([NcnnValue])

  var asInteger: Int? {
    switch self {
    case .integer(let value): Int(value)
    case .number(let value): Int(exactly: value)
    case .bits(let bits): Int(Int32(bitPattern: bits))
    case .list: nil
    }
  }

  var asNumber: Float? {
    switch self {
    case .integer(let value): Float(value)
    case .number(let value): value
    case .bits(let bits): Float(bitPattern: bits)
    case .list: nil
    }
  }
}

extension NcnnLayer {
  /// Parameter `id`, or what ncnn takes where it is left out.
  func integer(_ id: Int, default standard: Int) throws(NcnnError) -> Int {
    guard let value = parameters[id] else { return standard }
    guard let integer = value.asInteger else {
      throw NcnnError(place: place, found: "parameter \(id) is no integer", expected: "an integer")
    }
    return integer
  }

  func number(_ id: Int, default standard: Float) throws(NcnnError) -> Float {
    guard let value = parameters[id] else { return standard }
    guard let number = value.asNumber, number.isFinite else {
      throw NcnnError(place: place, found: "parameter \(id) is no number", expected: "a finite number")
    }
    return number
  }

  func flag(_ id: Int, default standard: Bool = false) throws(NcnnError) -> Bool {
    try integer(id, default: standard ? 1 : 0) != 0
  }

  /// Parameter `id` within `range`; extents and strides are bounded so that their products are.
  func extent(_ id: Int, default standard: Int, in range: ClosedRange<Int>) throws(NcnnError) -> Int {
    let value = try integer(id, default: standard)
    guard range.contains(value) else {
      throw NcnnError(
        place: place, found: "parameter \(id) is \(value)",
        expected: "\(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func integers(_ id: Int) throws(NcnnError) -> [Int] {
    guard let value = parameters[id] else { return [] }
    guard case .list(let items) = value else {
      throw NcnnError(place: place, found: "parameter \(id) is no list", expected: "a list of integers")
    }
    var result: [Int] = []
    for item in items {
      guard let integer = item.asInteger else {
        throw NcnnError(place: place, found: "parameter \(id) is no list", expected: "a list of integers")
      }
      result.append(integer)
    }
    return result
  }

  func numbers(_ id: Int) throws(NcnnError) -> [Float] {
    guard let value = parameters[id] else { return [] }
    guard case .list(let items) = value else {
      throw NcnnError(place: place, found: "parameter \(id) is no list", expected: "a list of numbers")
    }
    var result: [Float] = []
    for item in items {
      guard let number = item.asNumber, number.isFinite else {
        throw NcnnError(place: place, found: "parameter \(id) is no list", expected: "a list of numbers")
      }
      result.append(number)
    }
    return result
  }
}

/// What is wrong with a model's structure; the reader adds the file's name.
struct NcnnError: Error {
  var place: String
  var found: String
  /// `nil`: the model is sound, and `found` is what edgebench does not have.
  var expected: String?

  func located(in path: String) -> ModelFormatError {
    guard let expected else { return .unsupported(path: path, place: place, feature: found) }
    return .malformed(path: path, place: place, found: found, expected: expected)
  }
}
