import Graph

/// A constant of a few integers: a shape, axes, a size.
///
/// Models whose batch is open compute shapes with operators (SHAPE, STRIDED_SLICE, PACK); with the inputs' shapes
/// known, those results are constants, and are worked out here.
struct SmallIntegers {
  /// More than any shape has; longer constants are data, and stay with the graph.
  static let largestCount = 4096

  var shape: Shape
  /// Outermost axis first.
  var values: [Int]

  init(shape: Shape, values: [Int]) {
    self.shape = shape
    self.values = values
  }

  /// The elements of a constant of i32 or i64; `nil` for any other tensor, and for a large one.
  init?(_ tensor: Tensor) {
    guard tensor.quantization == nil, let data = tensor.constant, let count = tensor.shape.elementCount,
      count <= Self.largestCount, tensor.elementType.byteCount(elements: count) == data.byteCount
    else { return nil }
    shape = tensor.shape
    switch tensor.elementType {
    case .i32: values = data.elements(as: Int32.self).map { Int($0.littleEndian) }
    case .i64: values = data.elements(as: Int64.self).map { Int($0.littleEndian) }
    default: return nil
    }
  }

  /// The bytes of a tensor of i32 or i64; `nil` where a number does not fit.
  func data(_ type: ElementType) -> TensorData? {
    guard type == .i32 else { return TensorData(values.map { Int64($0).littleEndian }) }
    let narrow = values.compactMap { Int32(exactly: $0)?.littleEndian }
    return narrow.count == values.count ? TensorData(narrow) : nil
  }

  /// What `op` makes of `inputs`, in the shape `shape`; `nil` where it is none of the operators that compute shapes,
  /// or a result would overflow.
  static func result(of op: Operator, _ inputs: [SmallIntegers], shape: Shape) -> SmallIntegers? {
    guard let count = shape.elementCount, count <= largestCount, let first = inputs.first else { return nil }
    let values: [Int]?
    switch op {
    case .reshape, .cast: values = first.values
    case .concat(let axis, .none): values = concatenated(inputs, axis: axis)
    case .slice(let begin, let strides):
      values = indices(of: shape).map { index in
        first[index.indices.map { begin[$0] + index[$0] * strides[$0] }]
      }
    case .gather(let axis): values = gathered(first, inputs[1], axis: axis, shape)
    case .transpose(let permutation):
      values = indices(of: shape).map { index in
        var source = index
        for (axis, from) in permutation.enumerated() { source[from] = index[axis] }
        return first[source]
      }
    case .broadcast: values = indices(of: shape).map { first[broadcast: $0] }
    case .binary(let binary, .none):
      values = mapped(indices(of: shape)) { combine(binary, first[broadcast: $0], inputs[1][broadcast: $0]) }
    case .reduce(let reduction, let axes, _): values = reduced(first, reduction, axes, count)
    default: values = nil
    }
    guard let values, values.count == count else { return nil }
    return SmallIntegers(shape: shape, values: values)
  }

  private static func concatenated(_ inputs: [SmallIntegers], axis: Int) -> [Int] {
    // Blocks of everything from the axis inwards follow each other, one of each input at a time.
    let outer = inputs[0].shape.dimensions[..<axis].reduce(1, *)
    return (0..<outer).flatMap { row in
      inputs.flatMap { input in
        let block = input.values.count / outer
        return input.values[row * block..<(row + 1) * block]
      }
    }
  }

  private static func gathered(_ data: SmallIntegers, _ picks: SmallIntegers, axis: Int, _ shape: Shape)
    -> [Int]?
  {
    let extent = data.shape[axis]
    return mapped(indices(of: shape)) { index in
      let pick = picks[Array(index[axis..<axis + picks.shape.rank])]
      let place = pick < 0 ? pick + extent : pick
      guard place >= 0, place < extent else { return nil }
      return data[Array(index[..<axis]) + [place] + Array(index[(axis + picks.shape.rank)...])]
    }
  }

  private static func reduced(_ x: SmallIntegers, _ reduction: Reduction, _ axes: [Int], _ count: Int)
    -> [Int]?
  {
    // All axes at once is what shapes are reduced by: to a number of elements.
    guard count == 1, let start = x.values.first else { return nil }
    let binary: Binary
    switch reduction {
    case .sum: binary = .add
    case .product: binary = .multiply
    case .maximum: binary = .maximum
    case .minimum: binary = .minimum
    default: return nil
    }
    var result = start
    for value in x.values.dropFirst() {
      guard let next = combine(binary, result, value) else { return nil }
      result = next
    }
    return [result]
  }

  private static func combine(_ binary: Binary, _ a: Int, _ b: Int) -> Int? {
    func checked(_ result: (partialValue: Int, overflow: Bool)) -> Int? {
      result.overflow ? nil : result.partialValue
    }
    switch binary {
    case .add: return checked(a.addingReportingOverflow(b))
    case .subtract: return checked(a.subtractingReportingOverflow(b))
    case .multiply: return checked(a.multipliedReportingOverflow(by: b))
    case .divide: return b == 0 ? nil : checked(a.dividedReportingOverflow(by: b))
    case .floorDivide:
      guard b != 0, let quotient = checked(a.dividedReportingOverflow(by: b)) else { return nil }
      return quotient * b != a && (a < 0) != (b < 0) ? quotient - 1 : quotient
    case .floorModulo:
      guard b != 0, b != -1 else { return b == 0 ? nil : 0 }
      let remainder = a % b
      return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder
    case .minimum: return min(a, b)
    case .maximum: return max(a, b)
    default: return nil
    }
  }

  // MARK: Indices

  private subscript(index: [Int]) -> Int {
    var offset = 0
    for (axis, position) in index.enumerated() { offset = offset * shape[axis] + position }
    return values[offset]
  }

  private subscript(broadcast index: [Int]) -> Int {
    let own = index.suffix(shape.rank)
    return self[zip(own, shape.dimensions).map { $1 == 1 ? 0 : $0 }]
  }

  private static func indices(of shape: Shape) -> [[Int]] {
    shape.dimensions.reduce([[]]) { prefixes, extent in
      prefixes.flatMap { prefix in (0..<extent).map { prefix + [$0] } }
    }
  }

  private static func mapped(_ indices: [[Int]], _ value: ([Int]) -> Int?) -> [Int]? {
    var values: [Int] = []
    for index in indices {
      guard let value = value(index) else { return nil }
      values.append(value)
    }
    return values
  }
}
