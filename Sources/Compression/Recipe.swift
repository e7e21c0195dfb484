public import Graph

/// A way to make a model smaller or faster at a cost in fidelity: a pure function of the graph.
///
///     let variant = try Recipe.int8Static.apply(to: graph, calibration: table)
public struct Recipe: Sendable, Hashable, CustomStringConvertible {
  private enum Transformation: Sendable, Hashable {
    case none, halfWeights, dynamicRange, staticQuantization, pruning
  }

  /// The name on the command line and in records: "int8-static".
  public let name: String
  /// What it does, in a few words.
  public let summary: String
  /// Whether ``apply(to:calibration:)`` needs a calibration table.
  public let needsCalibration: Bool
  private let transformation: Transformation

  public var description: String { name }

  /// The model as it is.
  public static let reference = Recipe(
    name: "reference", summary: "as given", needsCalibration: false, transformation: .none)
  /// Weights of convolutions and fully connected layers as f16; arithmetic stays f32.
  public static let f16 = Recipe(
    name: "f16", summary: "16-bit weights", needsCalibration: false, transformation: .halfWeights)
  /// Weights as i8, one scale an output channel; activations are quantized on the fly.
  public static let int8Dynamic = Recipe(
    name: "int8-dynamic", summary: "8-bit weights, activations quantized on the fly", needsCalibration: false,
    transformation: .dynamicRange)
  /// Weights and activations as i8, activations with ranges known beforehand.
  public static let int8Static = Recipe(
    name: "int8-static", summary: "8-bit weights and activations", needsCalibration: true,
    transformation: .staticQuantization)
  /// Half of the output channels of each convolution removed, those of the smallest weights.
  public static let pruned50 = Recipe(
    name: "pruned-50", summary: "half of the channels removed", needsCalibration: false,
    transformation: .pruning)

  /// Every recipe, the least invasive first.
  public static let all = [reference, f16, int8Dynamic, int8Static, pruned50]

  /// The recipe of that name; `nil` for any other.
  public init?(named name: String) {
    guard let recipe = Self.all.first(where: { $0.name == name }) else { return nil }
    self = recipe
  }

  private init(name: String, summary: String, needsCalibration: Bool, transformation: Transformation) {
    self.name = name
    self.summary = summary
    self.needsCalibration = needsCalibration
    self.transformation = transformation
  }

  /// The variant of `graph` that this recipe makes. Its inputs and outputs have the names, types and shapes of the
  /// graph's.
  ///
  /// - Parameter calibration: Ranges of `graph`'s own tensors, where ``needsCalibration``.
  /// - Precondition: `graph` is valid.
  /// - Throws: ``CompressionError/notApplicable(recipe:reason:)`` where there is nothing to do.
  public func apply(
    to graph: Graph, calibration: CalibrationTable? = nil
  ) throws(CompressionError) -> Graph {
    if transformation == .none { return graph }
    guard !graph.hasQuantizedActivations else {
      throw .notApplicable(recipe: name, reason: "the model is already quantized")
    }
    if graph.hasIntegerWeights, transformation != .staticQuantization {
      throw .notApplicable(recipe: name, reason: "the model's weights are 8-bit already")
    }
    let variant: Graph
    switch transformation {
    case .none: variant = graph
    case .halfWeights: variant = try graph.withHalfWeights(recipe: name)
    case .dynamicRange: variant = try graph.wideningWeights().withDynamicRangeWeights(recipe: name)
    case .staticQuantization:
      guard let calibration else { throw .missingCalibration(recipe: name) }
      guard calibration.tensorCount == graph.tensors.count else {
        throw .foreignCalibration(
          recipe: name, found: calibration.tensorCount, expected: graph.tensors.count)
      }
      variant = try StaticQuantization.apply(to: graph.wideningWeights(), calibration, recipe: name)
    case .pruning: variant = try ChannelPruning.apply(to: graph.wideningWeights(), recipe: name)
    }
    let result = variant.withoutUnusedTensors()
    do throws(GraphError) {
      try result.validate()
    } catch { throw .invalid(recipe: name, error) }
    return result
  }
}

extension Graph {
  /// Whether integers stand for real numbers in anything but constants.
  fileprivate var hasQuantizedActivations: Bool {
    tensors.contains { $0.quantization != nil && $0.constant == nil }
      || states.contains { $0.quantization != nil }
  }

  /// Whether constants are integers that stand for real numbers: weights quantized before.
  fileprivate var hasIntegerWeights: Bool {
    tensors.contains { $0.quantization != nil && $0.constant != nil }
  }
}
