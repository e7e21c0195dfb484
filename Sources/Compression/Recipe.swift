public import Graph

/// A way to make a model smaller or faster at a cost in fidelity: a pure function of the graph.
///
///     let variant = try Recipe.int8Static.apply(to: graph, calibration: table)
public struct Recipe: Sendable, Hashable, CustomStringConvertible {
  private enum Transformation: Sendable, Hashable {
    case none, halfWeights, dynamicRange, equalization, staticQuantization, wideActivations
    case pruning(share: Double)
    case magnitude(MagnitudePruning)
    case clustering(WeightClustering)
    case blocks(BlockQuantization)
    case lowRank(LowRank)
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
  /// Channels brought to like ranges, for 8-bit steps that follow; the graph computes what it did.
  public static let equalized = Recipe(
    name: "equalized", summary: "channels brought to like ranges, before 8-bit steps", needsCalibration: true,
    transformation: .equalization)
  /// Weights and activations as i8, activations with ranges known beforehand.
  public static let int8Static = Recipe(
    name: "int8-static", summary: "8-bit weights and activations", needsCalibration: true,
    transformation: .staticQuantization)
  /// Half of the output channels of each convolution removed, those of the smallest weights.
  public static let pruned50 = pruned(percent: 50)

  /// What a search tries, the least invasive first.
  public static let all = [reference, f16, int8Dynamic, int8Static, pruned50]

  /// Makes nothing smaller by itself: prepares for a recipe that follows.
  public static let preparatory = [equalized]

  /// The recipe of that name; `nil` for any other.
  public init?(named name: String) {
    guard let recipe = (Self.all + Self.further + Self.preparatory).first(where: { $0.name == name }) else {
      return nil
    }
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
    if graph.hasIntegerWeights, ![.equalization, .staticQuantization].contains(transformation) {
      throw .notApplicable(recipe: name, reason: "the model's weights are 8-bit already")
    }
    let variant: Graph
    switch transformation {
    case .none: variant = graph
    case .halfWeights: variant = try graph.withHalfWeights(recipe: name)
    case .dynamicRange: variant = try graph.wideningWeights().withDynamicRangeWeights(recipe: name)
    case .equalization:
      variant = try ChannelEqualization.apply(
        to: graph.wideningWeights(), try own(calibration, of: graph), recipe: name)
    case .staticQuantization:
      variant = try StaticQuantization.apply(
        to: graph.wideningWeights(), try own(calibration, of: graph), recipe: name)
    case .wideActivations:
      guard let calibration else { throw .missingCalibration(recipe: name) }
      variant = try WideActivations.apply(to: graph, calibration, recipe: name)
    case .pruning(let share):
      variant = try ChannelPruning.apply(to: graph.wideningWeights(), keeping: share, recipe: name)
    case .magnitude(let pruning): variant = try pruning.apply(to: graph.wideningWeights(), recipe: name)
    case .clustering(let clustering):
      variant = try clustering.apply(to: graph.wideningWeights(), recipe: name)
    case .blocks(let blocks): variant = try blocks.apply(to: graph.wideningWeights(), recipe: name)
    case .lowRank(let lowRank): variant = try lowRank.apply(to: graph.wideningWeights(), recipe: name)
    }
    let result = variant.withoutUnusedTensors()
    do throws(GraphError) {
      try result.validate()
    } catch { throw .invalid(recipe: name, error) }
    return result
  }

  private func own(
    _ calibration: CalibrationTable?, of graph: Graph
  ) throws(CompressionError) -> CalibrationTable {
    guard let calibration else { throw .missingCalibration(recipe: name) }
    guard calibration.tensorCount == graph.tensors.count else {
      throw .foreignCalibration(recipe: name, found: calibration.tensorCount, expected: graph.tensors.count)
    }
    return calibration
  }
}

// Recipes that a search does not try by itself: they serve a file's size, or need training to be of use.
extension Recipe {
  /// Every recipe that makes a model smaller and is not in ``all``.
  public static let further: [Recipe] =
    [pruned(percent: 25), pruned(percent: 75), int8Weights, int4Weights, int16x8]
    + [50, 80, 90].map { sparse(percent: $0) } + [
      sparse2of4, sparseBlocks(percent: 50), sparseBlocks, clustered, lowRank,
    ]

  /// Output channels of each convolution removed, those of the smallest weights.
  public static func pruned(percent: Int) -> Recipe {
    Recipe(
      name: "pruned-\(percent)",
      summary: percent == 50 ? "half of the channels removed" : "\(percent) % of the channels removed",
      needsCalibration: false, transformation: .pruning(share: 1 - Double(percent) / 100))
  }
  /// Weights as i8, a scale for each 32; arithmetic stays f32.
  public static let int8Weights = Recipe(
    name: "int8-weights", summary: "8-bit weights in blocks", needsCalibration: false,
    transformation: .blocks(BlockQuantization(bits: 8)))
  /// Weights as i4, a scale for each 32; arithmetic stays f32.
  public static let int4Weights = Recipe(
    name: "int4-weights", summary: "4-bit weights in blocks", needsCalibration: false,
    transformation: .blocks(BlockQuantization(bits: 4)))
  /// Weights as i8, activations as i16; arithmetic stays f32.
  public static let int16x8 = Recipe(
    name: "int16x8", summary: "8-bit weights, 16-bit activations", needsCalibration: true,
    transformation: .wideActivations)
  /// The smallest weights of each layer set to zero.
  public static func sparse(percent: Int) -> Recipe {
    Recipe(
      name: "sparse-\(percent)", summary: "\(percent) % of the weights zero", needsCalibration: false,
      transformation: .magnitude(MagnitudePruning(.unstructured, sparsity: Double(percent) / 100)))
  }
  /// Two of every four weights zero.
  public static let sparse2of4 = Recipe(
    name: "sparse-2of4", summary: "two of every four weights zero", needsCalibration: false,
    transformation: .magnitude(MagnitudePruning(.groups(kept: 2, of: 4), sparsity: 0.5)))
  /// Weights of four neighbouring output channels at a time set to zero.
  public static func sparseBlocks(percent: Int) -> Recipe {
    Recipe(
      name: "sparse-block4-\(percent)",
      summary: "\(percent) % of the weights zero, in four channels at a time",
      needsCalibration: false,
      transformation: .magnitude(MagnitudePruning(.blocks(size: 4), sparsity: Double(percent) / 100)))
  }
  /// Three quarters of the weights zero, four neighbouring output channels at a time.
  public static let sparseBlocks = sparseBlocks(percent: 75)
  /// Sixteen different weights a layer.
  public static let clustered = Recipe(
    name: "clustered-4bit", summary: "16 different weights a layer", needsCalibration: false,
    transformation: .clustering(WeightClustering(bits: 4)))
  /// Layers split in two of a lower rank.
  public static let lowRank = Recipe(
    name: "low-rank-50", summary: "layers split in two of half the work", needsCalibration: false,
    transformation: .lowRank(LowRank(share: 0.5)))
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
