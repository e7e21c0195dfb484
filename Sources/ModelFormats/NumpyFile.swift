public import Graph

/// An array in NumPy's `.npy` format: versions 1 to 3, little-endian, C order.
///
/// - Source: numpy.lib.format, "NPY format".
public struct NumpyFile: Sendable {
  public var elementType: ElementType
  public var shape: Shape
  public var data: TensorData

  public init(elementType: ElementType, shape: Shape, data: TensorData) {
    self.elementType = elementType
    self.shape = shape
    self.data = data
  }

  /// Reads what `bytes` hold; `path` is named in errors only.
  ///
  /// - Throws: ``NumpyError`` where the header is not NumPy's, the type is none of ``ElementType``, or the bytes are
  ///   fewer or more than the shape says.
  public init(bytes: [UInt8], path: String) throws(NumpyError) {
    func failure(_ found: String, _ expected: String) -> NumpyError {
      NumpyError(path: path, found: found, expected: expected)
    }
    guard bytes.count >= 10, bytes.starts(with: Self.magic) else {
      throw failure("does not start with NumPy's magic", "an array saved by numpy.save")
    }
    let major = bytes[6]
    guard (1...3).contains(major) else {
      throw failure("has format version \(major)", "1, 2 or 3")
    }
    let lengthBytes = major == 1 ? 2 : 4
    let headerStart = 8 + lengthBytes
    guard bytes.count >= headerStart else { throw failure("ends inside its header", "a whole header") }
    var headerLength = 0
    for i in 0..<lengthBytes { headerLength |= Int(bytes[8 + i]) << (8 * i) }
    guard headerLength <= min(65_536, bytes.count - headerStart) else {
      throw failure("says its header has \(headerLength) bytes", "at most the file's and 65536")
    }
    let header = String(decoding: bytes[headerStart..<headerStart + headerLength], as: UTF8.self)

    guard let descriptor = Self.quotedValue(of: "descr", in: header) else {
      throw failure("has a header without a plain 'descr'", "a type such as '<f4'")
    }
    guard let type = Self.elementTypes.first(where: { $0.0 == descriptor })?.1 else {
      let known = Self.elementTypes.map { "'\($0.0)'" }.joined(separator: ", ")
      throw failure("has type '\(descriptor)'", "one of \(known)")
    }
    if Self.flag("fortran_order", in: header) {
      throw failure("is in Fortran order", "C order: save numpy.ascontiguousarray(x)")
    }
    guard let dimensions = Self.tuple(of: "shape", in: header), dimensions.count <= 8 else {
      throw failure("has a header without a plain 'shape'", "up to 8 dimensions such as (1, 49, 10, 1)")
    }
    let body = bytes.count - headerStart - headerLength
    guard let count = Shape(dimensions).elementCount, let wanted = type.byteCount(elements: count),
      wanted == body
    else {
      throw failure("holds \(body) bytes of data", "what shape \(Shape(dimensions)) of '\(descriptor)' takes")
    }
    elementType = type
    shape = Shape(dimensions)
    data = TensorData(Array(bytes[(headerStart + headerLength)...]))
  }

  /// The file's bytes: version 1, data aligned to 64 bytes.
  ///
  /// - Throws: ``NumpyError`` for ``ElementType/i4``, which NumPy does not have.
  public func serialized() throws(NumpyError) -> [UInt8] {
    guard let descriptor = Self.elementTypes.first(where: { $0.1 == elementType })?.0 else {
      throw NumpyError(path: "array", found: "has type \(elementType)", expected: "a type that NumPy has")
    }
    var dimensions = shape.dimensions.map(String.init).joined(separator: ", ")
    if shape.rank == 1 { dimensions += "," }
    var header = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(dimensions)), }"
    let unpadded = 10 + header.utf8.count + 1
    header += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    let length = header.utf8.count
    var bytes = Self.magic + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)]
    bytes += header.utf8
    data.withUnsafeBytes { bytes += $0 }
    return bytes
  }

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  private static let elementTypes: [(String, ElementType)] = [
    ("<f4", .f32), ("<f2", .f16), ("<f8", .f64), ("|i1", .i8), ("|u1", .u8), ("<i2", .i16), ("<u2", .u16),
    ("<i4", .i32), ("<i8", .i64), ("|b1", .bool), ("<u4", .u32), ("<u8", .u64),
  ]

  /// The text after `'key':`, without leading blanks.
  private static func value(of key: String, in header: String) -> Substring? {
    let marker = Array("'\(key)':")
    let characters = Array(header)
    guard characters.count >= marker.count else { return nil }
    for start in 0...(characters.count - marker.count)
    where characters[start..<start + marker.count].elementsEqual(marker) {
      return Substring(String(characters[(start + marker.count)...].drop { $0 == " " }))
    }
    return nil
  }

  private static func quotedValue(of key: String, in header: String) -> String? {
    guard let rest = value(of: key, in: header), let quote = rest.first, quote == "'" || quote == "\"" else {
      return nil
    }
    return rest.dropFirst().split(separator: quote, maxSplits: 1, omittingEmptySubsequences: false).first.map(
      String.init)
  }

  private static func flag(_ key: String, in header: String) -> Bool {
    value(of: key, in: header)?.hasPrefix("True") ?? false
  }

  private static func tuple(of key: String, in header: String) -> [Int]? {
    guard let rest = value(of: key, in: header), rest.first == "(", let end = rest.firstIndex(of: ")") else {
      return nil
    }
    let parts = rest[rest.index(after: rest.startIndex)..<end].split(separator: ",")
    var dimensions: [Int] = []
    for part in parts {
      let digits = part.filter { $0 != " " }
      if digits.isEmpty { continue }
      guard let dimension = Int(digits), dimension >= 0 else { return nil }
      dimensions.append(dimension)
    }
    return dimensions
  }
}

/// Why a file is not an array that edgebench reads.
public struct NumpyError: Error, Equatable, CustomStringConvertible {
  public var path: String
  public var found: String
  public var expected: String
  public var description: String { "\(path): \(found); expected \(expected)." }
}
