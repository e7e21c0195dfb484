public import Graph

/// A published network, built here with weights from a generator: its shapes and its work are those of the
/// publication, its answers mean nothing.
public struct ReferenceModel: Sendable, Identifiable {
  /// "mobilenet-v2-1.0-224".
  public let id: String
  /// "MobileNetV2 1.0/224".
  public let name: String
  /// What it is for: "image classification".
  public let task: String
  /// Where its structure is published.
  public let source: String

  /// Where no seed is given: the suite's weights are the same everywhere and always.
  public static let seed: UInt64 = 7

  private let layers: @Sendable (inout GraphBuilder) -> Void

  /// - Parameter layers: Adds inputs, layers and outputs to a builder.
  public init(
    id: String, name: String, task: String, source: String,
    layers: @escaping @Sendable (inout GraphBuilder) -> Void
  ) {
    self.id = id
    self.name = name
    self.task = task
    self.source = source
    self.layers = layers
  }

  /// The graph in f32, batch norm folded into the convolutions as converters leave it.
  ///
  /// - Parameter weights: Makes the constants; by default from ``seed``.
  public func build(
    weights: @escaping WeightGenerator = WeightRequest.seeded(ReferenceModel.seed)
  ) throws(GraphError) -> Graph {
    var builder = GraphBuilder(name: id, weights: weights)
    layers(&builder)
    return try builder.build()
  }
}
