public import Compression
public import Graph

/// Fine-tunes a model as its 8-bit form will compute: weights and activations rounded, gradients straight through.
public enum QuantizationAwareTraining {
  /// - Parameter train: Trains a graph under constraints on its weights.
  /// - Returns: The f32 model whose 8-bit form is meant, rectifiers fused and batch normalisations folded; its tensors have the
  ///   numbers that they have in `graph`, so the same table quantizes it.
  public static func train(
    _ graph: Graph, _ table: CalibrationTable,
    _ train: (Graph, [TensorID: WeightConstraint]) throws(TrainingError) -> Graph
  ) throws(TrainingError) -> Graph {
    let form: FakeQuantization
    do throws(CompressionError) { form = try FakeQuantization(of: graph, table) } catch {
      throw .mismatch(error.description)
    }
    let constraints = form.weightAxes.mapValues { WeightConstraint.quantized(bits: 8, axis: $0) }
    let trained = try train(form.trained, constraints)
    return Parameters(of: form.prepared).write(from: trained, to: form.prepared)
  }
}

extension Graph {
  /// What keeps the zeros of a pruned model zero while it trains.
  public var sparsityConstraints: [TensorID: WeightConstraint] {
    weightMasks.mapValues { WeightConstraint.masked($0) }
  }
}
