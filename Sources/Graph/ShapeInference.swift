/// Works out one node's outputs from its inputs, and says what does not fit.
///
/// All extents and operator parameters are first held to ``Shape/largestExtent``, so the sums and products
/// of two of them that follow cannot overflow.
struct ShapeInference {
  let node: String
  let op: Operator
  let inputs: [TensorType?]
  /// The types that the graph gives to the outputs. Operators whose result no input determines take it from here.
  let declared: [TensorType]
  let states: [State]

  func outputs() throws(GraphError) -> [TensorType] {
    for (index, input) in inputs.enumerated() {
      if let input { try checkExtents(of: input, "input \(index)") }
    }
    for (index, output) in declared.enumerated() { try checkExtents(of: output, "output \(index)") }
    switch op {
    case .conv2d(let convolution): return [try self.convolution(convolution)]
    case .depthwiseConv2d(let convolution): return [try depthwise(convolution)]
    case .transposeConv2d(let convolution): return [try transposeConvolution(convolution)]
    case .fullyConnected(_, let keepsLeadingAxes):
      return [try fullyConnected(keepsLeadingAxes: keepsLeadingAxes)]
    case .matMul(let transposeA, let transposeB): return [try matMul(transposeA, transposeB)]
    case .pool2d(let pooling): return [try pool(pooling)]
    case .unary(let unary): return [try self.unary(unary)]
    case .binary(let binary, _): return [try self.binary(binary)]
    case .select: return [try select()]
    case .reduce(_, let axes, let keepsDimensions):
      return [try reduce(axes: axes, keepsDimensions: keepsDimensions)]
    case .softmax(let axis, let beta): return [try softmax(axis: axis, beta: beta)]
    case .logSoftmax(let axis): return [try softmax(axis: axis, beta: 1)]
    case .layerNorm(let axes, let epsilon): return [try layerNorm(axes: axes, epsilon: epsilon)]
    case .batchNorm(let epsilon): return [try batchNorm(epsilon: epsilon)]
    case .concat(let axis, _): return [try concat(axis: axis)]
    case .reshape: return [try reshape()]
    case .transpose(let permutation): return [try transpose(permutation)]
    case .pad(let before, let after, let mode): return [try pad(before, after, mode)]
    case .slice(let begin, let strides): return [try slice(begin, strides)]
    case .gather(let axis): return [try gather(axis: axis)]
    case .gatherElements(let axis): return [try gatherElements(axis: axis)]
    case .gatherND(let batchAxes): return [try gatherND(batchAxes: batchAxes)]
    case .scatterElements(let axis, _): return [try scatterElements(axis: axis)]
    case .scatterND: return [try scatterND()]
    case .reverseSequence(let batchAxis, let timeAxis): return [try reverseSequence(batchAxis, timeAxis)]
    case .topIndices(let axis, let count, _): return [try topIndices(axis: axis, count: count)]
    case .cumulative(let cumulation): return [try cumulative(cumulation)]
    case .determinant: return [try determinant()]
    case .broadcast: return [try broadcastToDeclared()]
    case .tile(let multiples): return [try tile(multiples)]
    case .resize: return [try resize()]
    case .argMax(let axis, let keepsDimensions), .argMin(let axis, let keepsDimensions):
      return [try argReduce(axis: axis, keepsDimensions: keepsDimensions)]
    case .quantize, .dequantize, .cast, .castOverflowing: return [try convert()]
    case .bitcast: return [try bitcast()]
    case .readState(let id): return [try readState(id)]
    case .writeState(let id):
      try writeState(id)
      return []
    case .depthToSpace(let block): return [try depthToSpace(block)]
    case .spaceToDepth(let block): return [try spaceToDepth(block)]
    case .detection(let detection): return [try self.detection(detection)]
    case .recurrence(let recurrence): return try self.recurrence(recurrence)
    case .attention(let attention): return [try self.attention(attention)]
    case .rmsNorm(let axes, let epsilon): return [try rmsNorm(axes: axes, epsilon: epsilon)]
    case .groupNorm(let groups, let epsilon): return [try groupNorm(groups: groups, epsilon: epsilon)]
    case .fourier(let fourier): return [try self.fourier(fourier)]
    case .windowReduction(let reduction): return [try windowReduction(reduction)]
    case .convolution3D(let convolution): return [try convolution3D(convolution)]
    case .deformableConvolution(let convolution, let offsetGroups):
      return [try deformableConvolution(convolution, offsetGroups: offsetGroups)]
    case .resample(let axis): return [try resample(axis: axis)]
    case .gridSampling(let sampling): return [try gridSampling(sampling)]
    case .regionAlignment(let alignment): return [try regionAlignment(alignment)]
    case .nonMaxSuppression(let suppression): return try nonMaxSuppression(suppression)
    case .blocksToImage(let window, let image): return [try blocksToImage(window, image: image)]
    }
  }

  // MARK: What the families of operators share

  func mismatch(_ found: String, expected: String) -> GraphError {
    GraphError(place: "node '\(node)' (\(op.name))", found: found, expected: expected)
  }

  func require(
    _ condition: Bool, _ found: @autoclosure () -> String, expected: @autoclosure () -> String
  ) throws(GraphError) {
    guard condition else { throw mismatch(found(), expected: expected()) }
  }

  func requireInputs(_ range: ClosedRange<Int>) throws(GraphError) {
    try require(
      range.contains(inputs.count), "\(inputs.count) inputs",
      expected: range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)")
  }

  /// Input `index`, which must be there.
  func input(_ index: Int, _ role: String) throws(GraphError) -> TensorType {
    guard inputs.indices.contains(index), let input = inputs[index] else {
      throw mismatch("input \(index) (\(role)) is left out", expected: "a tensor")
    }
    return input
  }

  /// Input `index`, where it is given.
  func optionalInput(_ index: Int) -> TensorType? {
    inputs.indices.contains(index) ? inputs[index] : nil
  }

  /// The only output's declared type.
  func declaredOutput() throws(GraphError) -> TensorType {
    guard let output = declared.first else {
      throw mismatch("the output's shape is not given", expected: "one output with its shape")
    }
    return output
  }

  func requireRank(_ rank: Int, _ type: TensorType, _ role: String) throws(GraphError) {
    try require(type.shape.rank == rank, "\(role) is \(type)", expected: "\(rank) axes")
  }

  func requireAxis(_ axis: Int, of type: TensorType) throws(GraphError) {
    try require(
      type.shape.dimensions.indices.contains(axis), "axis \(axis) of \(type)",
      expected: "0 to \(type.shape.rank - 1)")
  }

  func requireExtent(_ value: Int, atLeast minimum: Int, _ role: String) throws(GraphError) {
    try require(
      value >= minimum && value <= Shape.largestExtent, "\(role) is \(value)",
      expected: "\(minimum) to \(Shape.largestExtent)")
  }

  private func checkExtents(of type: TensorType, _ role: String) throws(GraphError) {
    try require(
      type.shape.rank <= Shape.largestRank, "\(role) has \(type.shape.rank) axes",
      expected: "at most \(Shape.largestRank)")
    try require(
      type.shape.dimensions.allSatisfy { $0 >= 1 && $0 <= Shape.largestExtent } && type.byteCount != nil,
      "\(role) is \(type)", expected: "extents of 1 to \(Shape.largestExtent)")
  }
}

extension Shape {
  /// The most axes that a tensor may have; the plan's file format stores as many.
  public static let largestRank = 8
  /// The largest extent of an axis, and the largest stride, window or dilation: the product of two, and the
  /// sum of two such products, fit in an `Int`.
  public static let largestExtent = 1 << 30

  /// The shape that both broadcast to, as in NumPy: aligned at the last axis, extents of 1 repeated.
  /// `nil` where they do not fit.
  public func broadcast(with other: Shape) -> Shape? {
    var result: [Int] = []
    for offset in 1...Swift.max(rank, other.rank, 1) {
      let a = offset <= rank ? self[rank - offset] : 1
      let b = offset <= other.rank ? other[other.rank - offset] : 1
      guard a == b || a == 1 || b == 1 else { return nil }
      result.append(a == 1 ? b : a)
    }
    if rank == 0 && other.rank == 0 { return .scalar }
    return Shape(result.reversed())
  }
}
