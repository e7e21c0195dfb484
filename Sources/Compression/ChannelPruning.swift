internal import Graph

/// Removes output channels of every convolution and fully connected layer whose channels can go: the least important, by
/// default those with the smallest L1 norm of their weights. Where an addition joins layers, theirs go together.
///
/// Left alone are channels that the graph's outputs show, that a normalisation or softmax runs over, that a grouped
/// convolution or a product of activations pairs up, and that something addresses by number.
///
/// - Source: Li et al., "Pruning Filters for Efficient ConvNets", arXiv:1608.08710, for the L1 norm as the measure.
struct ChannelPruning {
  let source: Graph
  let recipe: String
  /// Of each channel of a layer, by the layer's weights; the L1 norm where there is none.
  let importance: [TensorID: [Double]]
  var spaces = ChannelSpaces()
  /// The spaces along the last axis of each activation, one after the other: several after a concatenation, repeated
  /// after a flattening.
  var layouts: [TensorID: [Int]] = [:]

  /// - Parameter share: Of the channels that stay.
  static func apply(
    to graph: Graph, keeping share: Double, importance: [TensorID: [Double]] = [:], recipe: String
  ) throws(CompressionError) -> Graph {
    var pruning = ChannelPruning(source: graph, recipe: recipe, importance: importance)
    for node in graph.nodes { try pruning.trace(node) }
    for id in graph.outputs { pruning.fix(id) }
    let kept = pruning.spaces.kept(share)
    guard kept.indices.contains(where: { kept[$0].count < pruning.spaces.count($0) }) else {
      throw .notApplicable(
        recipe: recipe, reason: "no layer has channels that can be removed without changing an output's shape"
      )
    }
    return pruning.sliced(keeping: kept)
  }

  /// The spaces along the last axis of a tensor; fixed ones for what no layer here makes.
  mutating func layout(of id: TensorID) -> [Int] {
    if let known = layouts[id] { return known }
    let layout = [spaces.add(count: source[id].shape.dimensions.last ?? 1, norms: nil)]
    layouts[id] = layout
    return layout
  }

  mutating func fix(_ id: TensorID) {
    for space in layout(of: id) { spaces.fix(space) }
  }

  /// Makes the channels of two tensors the same ones; where their spaces do not line up, none of them can go.
  mutating func join(_ a: TensorID, _ b: TensorID) {
    let (first, second) = (layout(of: a), layout(of: b))
    if first.map({ spaces.count($0) }) == second.map({ spaces.count($0) }) {
      for (x, y) in zip(first, second) { spaces.join(x, y) }
    } else {
      for space in first + second { spaces.fix(space) }
    }
  }
}
