public import Graph

/// A graph as its 8-bit form will compute, in numbers: what quantization-aware training trains.
///
/// It rounds where ``Recipe/int8Static`` makes steps, to the scales that it gives them: those that the specification fixes for
/// softmax, and those that several tensors share, included.
///
/// - Source: Jacob et al., arXiv:1712.05877, section 3.
public struct FakeQuantization: Sendable {
  /// Batch normalisations folded, rectifiers fused: the form that is quantized. Its tensors keep their numbers in ``trained``.
  public let prepared: Graph
  /// ``prepared`` with every activation that will be steps rounded to them.
  public let trained: Graph
  /// The axis of the output channels of each layer's weights, which will be 8-bit steps.
  public let weightAxes: [TensorID: Int]
  private let table: CalibrationTable
  private static let recipe = "quantization-aware training"

  /// - Parameter table: Ranges of the activations of `graph`.
  /// - Throws: ``CompressionError/notApplicable(recipe:reason:)`` where no layer would be quantized.
  public init(of graph: Graph, _ table: CalibrationTable) throws(CompressionError) {
    let quantization = try StaticQuantization(
      planning: graph.wideningWeights(), table, recipe: Self.recipe)
    prepared = quantization.source
    self.table = table
    var rounding = Rounding(quantization)
    trained = try rounding.run()
    weightAxes = rounding.weightAxes
  }

  /// The 8-bit form of ``prepared`` with the weights that training gave it.
  ///
  /// Biases stay as they are: training has fitted them to the rounded weights already.
  public func steps(of trained: Graph) throws(CompressionError) -> Graph {
    let variant = try StaticQuantization.apply(
      to: trained, table.withoutChannels(), recipe: Self.recipe
    ).withoutUnusedTensors()
    do throws(GraphError) { try variant.validate() } catch { throw .invalid(recipe: Self.recipe, error) }
    return variant
  }
}

/// Writes a planned graph anew, with a conversion to steps and back where there will be steps.
private struct Rounding {
  private let plan: StaticQuantization
  private var graph: Graph
  /// What stands for a tensor of the source that is made as steps.
  private var made: [TensorID: TensorID] = [:]
  /// What stands for one that is not, for the nodes that read it as steps.
  private var read: [TensorID: TensorID] = [:]
  private(set) var weightAxes: [TensorID: Int] = [:]

  init(_ plan: StaticQuantization) {
    self.plan = plan
    graph = plan.source
    graph.nodes = []
  }

  mutating func run() throws(CompressionError) -> Graph {
    for (number, node) in plan.source.nodes.enumerated() {
      var rewritten = node
      let isInteger = plan.isInteger[number]
      if isInteger, let axis = node.op.weightChannelAxis, let weights = node.inputs[1] {
        weightAxes[weights] = axis
      }
      for (position, id) in node.inputs.enumerated() {
        guard let id else { continue }
        if let known = made[id] {
          rewritten.inputs[position] = known
        } else if isInteger {
          rewritten.inputs[position] = try steps(id, node, position)
        }
      }
      graph.nodes.append(rewritten)
      guard isInteger else { continue }
      for id in node.outputs where plan.source[id].elementType == .f32 {
        if let scale = plan.scales[id] { made[id] = graph.roundToSteps(id, .i8, scale) }
      }
    }
    graph.outputs = plan.source.outputs.map { made[$0] ?? $0 }
    return graph
  }

  /// A real input of a node on steps; weights and biases are what training changes, and stay.
  private mutating func steps(
    _ id: TensorID, _ node: Node, _ position: Int
  ) throws(CompressionError) -> TensorID {
    guard plan.source[id].elementType == .f32, node.op.weightChannelAxis == nil || position == 0 else {
      return id
    }
    if let known = read[id] { return known }
    guard let values = try plan.source[id].finiteReals() else {
      return plan.scales[id].map { scale in
        let rounded = graph.roundToSteps(id, .i8, scale)
        read[id] = rounded
        return rounded
      } ?? id
    }
    // As ``StaticQuantization/Rewriting`` takes it: of its own range, or of the concatenation's.
    let common: Quantization? = if case .concat = node.op { plan.scales[node.outputs[0]] } else { nil }
    return graph.roundToSteps(
      id, .i8, common ?? .asymmetric(covering: (values.min() ?? 0)...(values.max() ?? 0)))
  }
}
