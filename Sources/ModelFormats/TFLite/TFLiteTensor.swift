import Graph

/// A tensor as a TFLite file describes it.
struct TFLiteTensor {
  var name: String
  var type: TFLiteTensorType
  /// Without the marks for dimensions that only a run determines: those are 1 here, as in LiteRT.
  var shape: Shape
  /// The shape with `nil` for what only a run determines.
  var openDimensions: [Int?]
  var quantization: Quantization?
  /// The bytes of the value, where the file has one.
  var value: Range<Int>?
  /// Kept between runs, by operators older than resource variables.
  var isVariable: Bool
  /// How its constant elements are laid out, where not all of them are in the file.
  var sparsity: TFLiteSparsity?
  /// What edgebench does not read of it: "quantized in a custom way".
  var unsupportedFeature: String?

  init(_ table: FlatTable, buffers: FlatTables) throws(ModelFormatError) {
    name = try table.string(3) ?? ""
    let code: Int8 = try table.scalar(1, default: 0)
    type = TFLiteTensorType(rawValue: code) ?? .unknown
    let dimensions = try table.integers(0, as: Int32.self).map(Int.init)
    guard dimensions.count <= Shape.largestRank, dimensions.allSatisfy({ $0 >= 0 }) else {
      throw table.file.malformed(
        table.place, "shape \(Shape(Array(dimensions.prefix(9))))",
        expected: "at most \(Shape.largestRank) axes of 0 or more")
    }
    shape = Shape(dimensions)
    let signature = try table.integers(7, as: Int32.self)
    openDimensions = dimensions.indices.map { axis in
      signature.count == dimensions.count && signature[axis] < 0 ? nil : dimensions[axis]
    }
    isVariable = try table.bool(5)
    value = try Self.value(of: table, buffers: buffers)
    if let parameters = try table.table(6, "sparsity") { sparsity = try TFLiteSparsity(parameters) }
    if let parameters = try table.table(4, "quantization") {
      let details: UInt8 = try parameters.scalar(4, default: 0)
      if details != 0 { unsupportedFeature = "quantized in blocks or in a custom way" }
      quantization = try Self.quantization(parameters, of: type.elementType)
    }
  }

  private static func value(of table: FlatTable, buffers: FlatTables) throws(ModelFormatError) -> Range<Int>?
  {
    let index: UInt32 = try table.scalar(2, default: 0)
    guard index != 0 else { return nil }
    guard Int(index) < buffers.count else {
      throw table.file.malformed(
        table.place, "buffer \(index)", expected: "one of the file's \(buffers.count)")
    }
    let buffer = try buffers(Int(index), "buffer \(index)")
    if let data = try buffer.vector(0, elementSize: 1), !data.isEmpty { return data }
    // Files beyond 2 GiB keep their buffers behind the tables, by offset and size; 0 and 1 mean that there is none.
    let offset: UInt64 = try buffer.scalar(1, default: 0)
    let size: UInt64 = try buffer.scalar(2, default: 0)
    guard offset > 1 else { return nil }
    let count = UInt64(table.file.bytes.count)
    guard offset <= count, size <= count - offset else {
      throw table.file.malformed(
        "buffer \(index)", "\(size) bytes at byte \(offset)", expected: "a part of the file's \(count) bytes")
    }
    return Int(offset)..<Int(offset + size)
  }

  private static func quantization(
    _ table: FlatTable, of type: ElementType?
  ) throws(ModelFormatError) -> Quantization? {
    let scales = try table.floats(2)
    // Converters leave ranges from training on float tensors; they mean nothing for the values.
    guard let type, !type.isFloatingPoint, type != .bool, !scales.isEmpty else { return nil }
    var zeroPoints: [Int32] = []
    for zeroPoint in try table.integers(3, as: Int64.self) {
      guard let narrow = Int32(exactly: zeroPoint) else {
        throw table.file.malformed(table.place, "a zero point of \(zeroPoint)", expected: "32 bits")
      }
      zeroPoints.append(narrow)
    }
    if zeroPoints.isEmpty { zeroPoints = Array(repeating: 0, count: scales.count) }
    let axis: Int32 = try table.scalar(6, default: 0)
    return Quantization(scales: scales, zeroPoints: zeroPoints, axis: scales.count > 1 ? Int(axis) : nil)
  }
}

/// The TFLite schema's TensorType.
enum TFLiteTensorType: Int8 {
  case float32, float16, int32, uint8, int64, string, bool, int16, complex64, int8, float64, complex128,
    uint64
  case resource, variant, uint32, uint16, int4, bfloat16, int2, uint4, float8E4M3, float8E5M2
  case unknown = -1

  /// `nil` for types that no graph has.
  var elementType: ElementType? {
    switch self {
    case .float32: .f32
    case .float16: .f16
    case .float64: .f64
    case .int8: .i8
    case .uint8: .u8
    case .int16: .i16
    case .uint16: .u16
    case .int32: .i32
    case .uint32: .u32
    case .int64: .i64
    case .uint64: .u64
    case .bool: .bool
    case .int4: .i4
    // Constants of 2 bits are read as bytes.
    case .int2: .i8
    case .bfloat16: .bf16
    case .string, .complex64, .complex128, .resource, .variant, .uint4, .float8E4M3,
      .float8E5M2, .unknown:
      nil
    }
  }
}
