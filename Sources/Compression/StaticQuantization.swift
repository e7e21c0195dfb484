internal import Graph
internal import Lowering

/// Rewrites a graph to compute on 8-bit steps wherever there are kernels for it.
///
/// Activations have one scale and zero point, weights one scale an output channel, biases are i32 in steps of their
/// product. What has no 8-bit form stays f32, between conversions; so do the graph's inputs and outputs.
///
/// - Source: TensorFlow Lite, "8-bit quantization specification", for which results have fixed scales and which
///   operators keep the scale of their input.
struct StaticQuantization {
  /// The graph to rewrite; the calibration table has its tensors' numbers.
  let source: Graph
  let table: CalibrationTable
  let recipe: String

  /// Whether each node computes on steps.
  var isInteger: [Bool] = []
  /// How the steps of each tensor that has any stand for numbers.
  var scales: [TensorID: Quantization] = [:]

  /// What becomes steps, and of which scale.
  init(planning graph: Graph, _ table: CalibrationTable, recipe: String) throws(CompressionError) {
    source = graph.preparedForSteps()
    self.table = table
    self.recipe = recipe
    chooseNodes()
    let hasProduct = zip(source.nodes, isInteger).contains { $0.op.weightChannelAxis != nil && $1 }
    guard hasProduct else {
      throw .notApplicable(
        recipe: recipe,
        reason: "no convolution or fully connected layer has constant weights and calibrated activations")
    }
    try chooseScales()
  }

  static func apply(
    to graph: Graph, _ table: CalibrationTable, recipe: String
  ) throws(CompressionError) -> Graph {
    var rewriting = Rewriting(try StaticQuantization(planning: graph, table, recipe: recipe))
    return try rewriting.run()
  }
}

extension Graph {
  /// The form whose layers become steps: batch normalisations folded, rectifiers fused. Tensors keep their numbers.
  func preparedForSteps() -> Graph { foldingBatchNorms().fusingActivations() }
}
