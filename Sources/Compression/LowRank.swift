internal import Graph

/// Splits a layer in two of a smaller rank: `W [O, I] = U [O, r] V [r, I]`, for convolutions with `I` the whole window.
///
/// A convolution of `r` filters with the old window is followed by a 1x1 convolution to `O`; bias and activation stay at
/// the end. Layers that would not become smaller stay whole.
///
/// - Source: Denton et al., arXiv:1404.0736; truncation of the singular values is the nearest matrix of that rank
///   (Eckart and Young, 1936).
public struct LowRank: Sendable, Hashable {
  /// The multiplications that are left of a layer's.
  public var share: Double

  public init(share: Double) { self.share = share }

  func apply(to source: Graph, recipe: String) throws(CompressionError) -> Graph {
    var graph = source
    graph.nodes = []
    var isChanged = false
    for node in source.nodes {
      if let split = try split(node, in: &graph) {
        graph.nodes += split
        isChanged = true
      } else {
        graph.nodes.append(node)
      }
    }
    guard isChanged else {
      throw .notApplicable(
        recipe: recipe, reason: "no convolution or fully connected layer becomes smaller by a lower rank")
    }
    return graph
  }

  private func split(_ node: Node, in graph: inout Graph) throws(CompressionError) -> [Node]? {
    let first: Operator
    let second: Operator
    switch node.op {
    case .conv2d(var window) where window.groups == 1:
      second = .conv2d(Convolution(activation: window.activation))
      window.activation = .none
      first = .conv2d(window)
    case .fullyConnected(_, let keepsLeadingAxes):
      first = .fullyConnected(activation: .none, keepsLeadingAxes: keepsLeadingAxes)
      second = node.op
    default: return nil
    }
    guard node.inputs.count > 1, let weights = node.inputs[1], graph[weights].elementType == .f32,
      let values = try graph[weights].finiteReals(), let output = node.outputs.first
    else { return nil }
    let shape = graph[weights].shape
    let rows = shape[0]
    let columns = values.count / max(1, rows)
    let rank = Int(share * Double(rows * columns) / Double(rows + columns))
    guard rank >= 1, rank < min(rows, columns) else { return nil }
    let (u, v) = SingularValues.factors(of: values, rows: rows, columns: columns, rank: rank)
    let name = graph[weights].name
    let inner = graph.append(
      Tensor(
        name: "\(name) inner", elementType: .f32, shape: Shape([rank] + shape.dimensions.dropFirst()),
        constant: TensorData(v)))
    let outer = graph.append(
      Tensor(
        name: "\(name) outer", elementType: .f32,
        shape: shape.rank == 4 ? [rows, 1, 1, rank] : [rows, rank], constant: TensorData(u)))
    var between = graph[output]
    between.name = "\(node.name) inner"
    between.shape.dimensions[between.shape.rank - 1] = rank
    let middle = graph.append(between)
    return [
      Node(name: "\(node.name) inner", op: first, inputs: [node.inputs[0], inner], outputs: [middle]),
      Node(
        name: node.name, op: second, inputs: [middle, outer] + node.inputs.dropFirst(2), outputs: node.outputs
      ),
    ]
  }
}
