public import Compression
public import Graph

/// Fine-tunes a model as its 8-bit form will compute: weights and activations rounded, gradients straight through.
public enum QuantizationAwareTraining {
  public struct Result: Sendable {
    /// The model whose 8-bit form is meant, rectifiers fused and batch normalisations folded.
    public let f32: Graph
    public let int8: Graph
  }

  /// - Parameters:
  ///   - table: Ranges of the activations of `graph`.
  ///   - train: Trains a graph under constraints on its weights.
  /// - Throws: ``TrainingError/mismatch(_:)`` where no layer becomes steps, and what `train` throws.
  public static func train(
    _ graph: Graph, _ table: CalibrationTable,
    _ train: (Graph, [TensorID: WeightConstraint]) throws(TrainingError) -> Graph
  ) throws(TrainingError) -> Result {
    let form = try compressing { () throws(CompressionError) in try FakeQuantization(of: graph, table) }
    let constraints = form.weightAxes.mapValues { WeightConstraint.quantized(bits: 8, axis: $0) }
    let trained = try train(form.trained, constraints)
    let f32 = Parameters(of: form.prepared).write(from: trained, to: form.prepared)
    return Result(
      f32: f32, int8: try compressing { () throws(CompressionError) in try form.steps(of: f32) })
  }
}

/// A recipe's refusal as a training's.
func compressing<Result>(
  _ body: () throws(CompressionError) -> Result
) throws(TrainingError) -> Result {
  do throws(CompressionError) { return try body() } catch { throw .mismatch(error.description) }
}

extension Graph {
  /// What keeps the zeros of a pruned model zero while it trains.
  public var sparsityConstraints: [TensorID: WeightConstraint] {
    weightMasks.mapValues { WeightConstraint.masked($0) }
  }
}
