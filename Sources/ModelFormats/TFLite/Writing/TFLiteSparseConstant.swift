import Graph

/// An f32 constant as TFLite stores a sparse one: along the last axis only the elements that are not zero, with their
/// indices; the axes before it dense.
///
/// - Source: TFLite schema, SparsityParameters.
struct TFLiteSparseConstant {
  /// What the file holds: the elements that are not zero.
  let stored: Tensor
  /// What DENSIFY makes of it.
  let dense: Tensor
  /// The table SparsityParameters.
  let sparsity: FlatObject

  /// Smaller constants are no matter.
  private static let fewestElements = 256
  /// The share of a dense constant's bytes that the stored one may have; readers have to expand it.
  private static let largestShare = 0.9

  /// `nil` where the constant is not f32 with two axes or more, or would hardly be smaller.
  init?(_ tensor: Tensor) {
    guard tensor.elementType == .f32, tensor.shape.rank >= 2, let data = tensor.constant,
      data.byteCount == tensor.type.byteCount, data.byteCount >= 4 * Self.fewestElements
    else { return nil }
    let elements = data.elements(as: Float.self)
    // Negative zeros are not stored as zeros: the constant comes back bit by bit.
    let count = elements.count { $0.bitPattern != 0 }
    // A buffer without bytes is none.
    guard count > 0 else { return nil }
    let length = tensor.shape[tensor.shape.rank - 1]
    let rows = elements.count / length
    let bytes = 4 * count + Self.width(of: length - 1) * count + Self.width(of: count) * (rows + 1)
    guard Double(bytes) <= Self.largestShare * Double(data.byteCount) else { return nil }

    var kept: [Float] = []
    var segments = [0]
    var indices: [Int] = []
    for row in 0..<rows {
      for index in 0..<length where elements[row * length + index].bitPattern != 0 {
        kept.append(elements[row * length + index])
        indices.append(index)
      }
      segments.append(kept.count)
    }
    var stored = tensor
    stored.name += "/sparse"
    stored.constant = TensorData(kept)
    self.stored = stored
    var dense = tensor
    dense.constant = nil
    self.dense = dense
    let (segmentKind, segmentVector) = Self.vector(segments)
    let (indexKind, indexVector) = Self.vector(indices)
    let last = FlatObject([
      0: .int(Int8(1)), 2: .int(segmentKind), 3: .table(segmentVector), 4: .int(indexKind),
      5: .table(indexVector),
    ])
    sparsity = FlatObject([
      0: .ints((0..<tensor.shape.rank).map(Int32.init)),
      2: .tables(
        tensor.shape.dimensions.dropLast().map { FlatObject([1: .int(Int32(clamping: $0))]) } + [last]),
    ])
  }

  /// Bytes of an integer up to `largest`.
  private static func width(of largest: Int) -> Int { largest <= 0xFF ? 1 : largest <= 0xFFFF ? 2 : 4 }

  /// The narrowest of the schema's vectors of integers, with its number in the union.
  private static func vector(_ values: [Int]) -> (kind: UInt8, FlatObject) {
    switch width(of: values.max() ?? 0) {
    case 1: (3, FlatObject([0: .ints(values.map(UInt8.init))]))
    case 2: (2, FlatObject([0: .ints(values.map(UInt16.init))]))
    default: (1, FlatObject([0: .ints(values.map { Int32(clamping: $0) })]))
    }
  }
}
