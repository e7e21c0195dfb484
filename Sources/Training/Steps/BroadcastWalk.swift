/// Which element of two operands meets in each element of the output, as in NumPy.
struct BroadcastWalk {
  let count: Int
  /// For each element of the output the operand's; the identity where the shapes are the same.
  let aIndices, bIndices: [Int]

  init(a: [Int], b: [Int], output: [Int]) {
    count = output.reduce(1, *)
    aIndices = Self.indices(of: a, in: output)
    bIndices = Self.indices(of: b, in: output)
  }

  static func indices(of shape: [Int], in output: [Int]) -> [Int] {
    let padded = Array(repeating: 1, count: output.count - shape.count) + shape
    var strides = [Int](repeating: 0, count: output.count)
    var stride = 1
    for axis in output.indices.reversed() {
      strides[axis] = padded[axis] == 1 ? 0 : stride
      stride *= padded[axis]
    }
    return walk(output, strides)
  }

  /// `sum over axes of position * stride` for every position in `shape`, the last axis the fastest.
  static func walk(_ shape: [Int], _ strides: [Int]) -> [Int] {
    var result = [0]
    result.reserveCapacity(shape.reduce(1, *))
    for (extent, stride) in zip(shape, strides) {
      result = result.flatMap { base in (0..<extent).map { base + $0 * stride } }
    }
    return result
  }
}
