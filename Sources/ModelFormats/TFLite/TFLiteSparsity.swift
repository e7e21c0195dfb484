import Graph

/// How the elements of a sparse constant are laid out: a tree whose levels are the axes, then the blocks' own axes.
///
/// - Source: TFLite schema, SparsityParameters; Kjolstad et al., "The Tensor Algebra Compiler" (2017).
struct TFLiteSparsity {
  /// One level of the tree.
  enum Level {
    /// All indices from 0.
    case dense(Int)
    /// The indices of parent `p` are `indices[segments[p]..<segments[p + 1]]`.
    case compressed(segments: [Int], indices: [Int])
  }

  /// For each level, the axis it runs along; from the tensor's rank on, the blocks' own axes.
  var order: [Int]
  /// For each of the blocks' axes, the tensor's axis that it is a part of.
  var blockAxes: [Int]
  var levels: [Level]
  private let place: String

  init(_ table: FlatTable) throws(ModelFormatError) {
    place = table.place
    order = try table.integers(0, as: Int32.self).map(Int.init)
    blockAxes = try table.integers(1, as: Int32.self).map(Int.init)
    levels = []
    let dimensions = try table.tables(2)
    guard dimensions.count <= 2 * Shape.largestRank else {
      throw table.file.malformed(
        table.place, "\(dimensions.count) levels", expected: "at most \(2 * Shape.largestRank)")
    }
    for index in 0..<dimensions.count {
      let dimension = try dimensions(index, "level \(index) of \(table.place)")
      let format: Int8 = try dimension.scalar(0, default: 0)
      if format == 0 {
        let size: Int32 = try dimension.scalar(1, default: 0)
        levels.append(.dense(Int(size)))
      } else {
        levels.append(
          .compressed(
            segments: try Self.integers(dimension, kindSlot: 2),
            indices: try Self.integers(dimension, kindSlot: 4)))
      }
    }
  }

  /// A vector whose elements are 32, 16 or 8 bits wide.
  private static func integers(_ table: FlatTable, kindSlot: Int) throws(ModelFormatError) -> [Int] {
    let kind: UInt8 = try table.scalar(kindSlot, default: 0)
    guard let vector = try table.table(kindSlot + 1, "integers") else { return [] }
    switch kind {
    case 1: return try vector.integers(0, as: Int32.self).map(Int.init)
    case 2: return try vector.integers(0, as: UInt16.self).map(Int.init)
    case 3: return try vector.integers(0, as: UInt8.self).map(Int.init)
    default: throw table.file.malformed(table.place, "integers of kind \(kind)", expected: "1 to 3")
    }
  }

  /// The dense elements, zeros where the file has none; `nil` where the layout does not fit shape and elements.
  ///
  /// - Parameter elements: Those that the file has, each `width` bytes.
  func dense(_ elements: UnsafeRawBufferPointer, _ shape: Shape, width: Int) -> TensorData? {
    let rank = shape.rank
    guard levels.count == order.count, order.count == rank + blockAxes.count,
      Set(order) == Set(0..<order.count), blockAxes.allSatisfy({ (0..<rank).contains($0) }),
      let count = shape.elementCount
    else { return nil }
    var blockSizes = Array(repeating: 1, count: rank)
    for (level, axis) in order.enumerated() where axis >= rank {
      guard case .dense(let size) = levels[level], size > 0, size <= Shape.largestExtent else { return nil }
      blockSizes[blockAxes[axis - rank]] = size
    }
    var walk = Walk(
      sparsity: self, shape: shape, blockSizes: blockSizes, elements: elements, width: width,
      coordinates: Array(repeating: 0, count: order.count),
      bytes: [UInt8](repeating: 0, count: count * width), visits: 4 * (count + 64) * max(1, order.count))
    guard walk.descend(level: 0, parent: 0), walk.next == elements.count / width else { return nil }
    return TensorData(walk.bytes)
  }

  /// A descent through the levels.
  private struct Walk {
    let sparsity: TFLiteSparsity
    let shape: Shape
    let blockSizes: [Int]
    let elements: UnsafeRawBufferPointer
    let width: Int
    /// By axis, blocks' own behind the tensor's.
    var coordinates: [Int]
    var bytes: [UInt8]
    /// How many nodes of the tree may still be looked at.
    var visits: Int
    /// The element of the file that comes next.
    var next = 0

    mutating func descend(level: Int, parent: Int) -> Bool {
      visits -= 1
      guard visits > 0 else { return false }
      guard level < sparsity.levels.count else { return store() }
      let axis = sparsity.order[level]
      switch sparsity.levels[level] {
      case .dense(let size):
        guard size >= 0, size <= Shape.largestExtent else { return false }
        let (first, overflow) = parent.multipliedReportingOverflow(by: size)
        guard !overflow, first <= 1 << 60 else { return false }
        for index in 0..<size {
          coordinates[axis] = index
          guard descend(level: level + 1, parent: first + index) else { return false }
        }
      case .compressed(let segments, let indices):
        guard parent + 1 < segments.count else { return false }
        let (start, end) = (segments[parent], segments[parent + 1])
        guard start >= 0, start <= end, end <= indices.count else { return false }
        for position in start..<end {
          coordinates[axis] = indices[position]
          guard descend(level: level + 1, parent: position) else { return false }
        }
      }
      return true
    }

    private mutating func store() -> Bool {
      var offset = 0
      let rank = shape.rank
      for axis in 0..<rank {
        guard coordinates[axis] >= 0, coordinates[axis] <= shape[axis] else { return false }
        var place = coordinates[axis] * blockSizes[axis]
        for (block, target) in sparsity.blockAxes.enumerated() where target == axis {
          place += coordinates[rank + block]
        }
        guard place >= 0, place < shape[axis] else { return false }
        offset = offset * shape[axis] + place
      }
      guard (next + 1) * width <= elements.count else { return false }
      for byte in 0..<width { bytes[offset * width + byte] = elements[next * width + byte] }
      next += 1
      return true
    }
  }
}
