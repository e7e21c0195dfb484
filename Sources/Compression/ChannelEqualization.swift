internal import Graph

/// Brings the channels of an activation to like ranges, so that one scale serves them all: each is multiplied by a factor,
/// through the weights and bias of the layer that makes it, and divided by it in the weights of the layer that reads it.
///
/// The graph computes what it did: rectifiers pass a positive factor through, and factors are at least 1 and keep every
/// channel under the tensor's largest element, so that the bound of a relu6 cuts off nothing that it did not before, on what was
/// observed.
///
/// - Source: Nagel et al., arXiv:1906.04721, section 4.1, with the ranges of activations in the place of those of weights.
struct ChannelEqualization {
  /// A channel that is seldom large on the samples may be larger elsewhere: it is brought to no more than this share of
  /// the tensor's range, and by no more than this factor.
  private static let fullest: Float = 0.8
  private static let largestFactor: Float = 16

  private var graph: Graph
  private let table: CalibrationTable
  private let uses: [[(node: Int, position: Int)]]
  private var changes = false

  /// - Parameter table: Observed on `graph`, whose tensors keep their numbers.
  static func apply(
    to graph: Graph, _ table: CalibrationTable, recipe: String
  ) throws(CompressionError) -> Graph {
    let prepared = graph.preparedForSteps()
    var equalization = ChannelEqualization(graph: prepared, table: table, uses: prepared.uses())
    for number in prepared.nodes.indices { try equalization.equalizeResults(of: number) }
    guard equalization.changes else {
      throw .notApplicable(
        recipe: recipe, reason: "no convolution's channels are read by one other convolution alone")
    }
    return equalization.graph
  }

  /// Equalizes what a convolution makes, where another one is all that reads it.
  private mutating func equalizeResults(of number: Int) throws(CompressionError) {
    let node = graph.nodes[number]
    guard node.op.isEqualizable, let made = node.outputs.first,
      let channels = table.channels(of: made)?.largest,
      let reader = soleReader(of: made), let weights = try constant(node, 1),
      let next = try constant(graph.nodes[reader], 1),
      let axis = node.op.weightChannelAxis, channels.count == weights.shape[axis]
    else { return }
    let factors = self.factors(channels, graph.nodes[reader].op, next)
    guard factors.contains(where: { $0 > 1 }) else { return }
    try scale(number, 1, along: axis, by: factors)
    if node.inputs.count > 2, node.inputs[2] != nil { try scale(number, 2, along: 0, by: factors) }
    try scale(reader, 1, along: 3, by: factors.map { 1 / $0 })
    changes = true
  }
}

extension ChannelEqualization {
  /// The convolution that alone reads a tensor, through padding with zeros where there is some.
  private func soleReader(of id: TensorID) -> Int? {
    guard !graph.outputs.contains(id), let use = uses[id.index].first, uses[id.index].count == 1,
      use.position == 0
    else { return nil }
    let op = graph.nodes[use.node].op
    switch op {
    case .pad(_, _, .constant(0)): return graph.nodes[use.node].outputs.first.flatMap(soleReader)
    case .conv2d(let window): return window.groups == 1 ? use.node : nil
    case .depthwiseConv2d: return use.node
    default: return nil
    }
  }

  /// Weights or bias that one node alone reads, as real numbers.
  private func constant(_ node: Node, _ position: Int) throws(CompressionError) -> (
    shape: Shape, values: [Float]
  )? {
    guard node.inputs.count > position, let id = node.inputs[position],
      let values = try graph[id].finiteReals()
    else { return nil }
    return (graph[id].shape, values)
  }

  /// How much each channel may grow.
  ///
  /// Weights of a depthwise convolution have a scale for each channel, which takes up any factor. In the rows of another
  /// one channels share a scale: there a factor that is good for the activation costs precision of the weights, and the root
  /// of both ranges' ratio is best.
  private func factors(_ largest: [Float], _ reader: Operator, _ weights: (shape: Shape, values: [Float]))
    -> [Float]
  {
    let range = largest.max() ?? 0
    guard range > 0 else { return largest.map { _ in 1 } }
    let most = largest.map { $0 > 0 ? min(Self.largestFactor, Self.fullest * range / $0) : 1 }
    guard case .conv2d = reader else {
      return weights.shape[3] == largest.count ? most.map { max(1, $0) } : largest.map { _ in 1 }
    }
    guard weights.shape[3] == largest.count else { return largest.map { _ in 1 } }
    let columns = relativeColumns(weights)
    let wanted = zip(largest, columns).map { $0 > 0 && $1 > 0 ? ($1 * range / $0).squareRoot() : 1 }
    return zip(wanted, most).map { max(1, min($0, $1)) }
  }

  /// For each input channel the largest of its weights' shares in the largest weight of their row.
  private func relativeColumns(_ weights: (shape: Shape, values: [Float])) -> [Float] {
    let channels = weights.shape[3]
    let row = weights.values.count / max(1, weights.shape[0])
    var columns = [Float](repeating: 0, count: channels)
    for first in stride(from: 0, to: weights.values.count, by: max(1, row)) {
      let values = weights.values[first..<first + row]
      let largest = values.reduce(0) { max($0, $1.magnitude) }
      guard largest > 0 else { continue }
      for (index, value) in values.enumerated() {
        columns[index % channels] = max(columns[index % channels], value.magnitude / largest)
      }
    }
    return columns
  }

  /// Gives a node a copy of a constant whose elements are multiplied by the factor of their place along `axis`.
  private mutating func scale(
    _ number: Int, _ position: Int, along axis: Int, by factors: [Float]
  ) throws(CompressionError) {
    guard let id = graph.nodes[number].inputs[position], var values = try graph[id].finiteReals() else {
      return
    }
    var tensor = graph[id]
    let inner = tensor.shape.dimensions[(axis + 1)...].reduce(1, *)
    for index in values.indices { values[index] *= factors[index / inner % factors.count] }
    tensor.elementType = .f32
    tensor.quantization = nil
    tensor.constant = TensorData(values)
    graph.nodes[number].inputs[position] = graph.append(tensor)
  }
}

extension Operator {
  /// Whether a factor for each channel of the sum passes through to the result.
  fileprivate var isEqualizable: Bool {
    switch self {
    case .conv2d(let window), .depthwiseConv2d(let window):
      [.none, .relu, .relu6].contains(window.activation)
    default: false
    }
  }
}
