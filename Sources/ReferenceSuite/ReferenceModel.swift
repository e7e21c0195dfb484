public import Graph
internal import ModelFormats

/// A network of the suite. Most are published ones, built here with weights from a generator: their shapes and their work are
/// those of the publication, their answers mean nothing. Some are trained, and their answers count.
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
  /// A compact graph of the same structure with trained weights.
  private let trained: [UInt8]?

  /// Whether ``build(weights:)`` gives trained weights where no generator is given.
  public var isTrained: Bool { trained != nil }

  /// - Parameters:
  ///   - trained: A ``CompactGraphFile``'s bytes, of the same structure with trained weights.
  ///   - layers: Adds inputs, layers and outputs to a builder.
  public init(
    id: String, name: String, task: String, source: String, trained: [UInt8]? = nil,
    layers: @escaping @Sendable (inout GraphBuilder) -> Void
  ) {
    self.id = id
    self.name = name
    self.task = task
    self.source = source
    self.trained = trained
    self.layers = layers
  }

  /// The graph in f32, batch norm folded into the convolutions as converters leave it.
  ///
  /// - Parameter weights: Makes the constants; by default they are trained, or from ``seed``.
  public func build(weights: WeightGenerator? = nil) throws(GraphError) -> Graph {
    if weights == nil, let trained {
      do throws(ModelFormatError) {
        return try CompactGraphFile(bytes: trained, path: id).graph
      } catch {
        throw GraphError(place: "model '\(id)'", found: error.description, expected: "trained weights")
      }
    }
    var builder = GraphBuilder(name: id, weights: weights ?? WeightRequest.seeded(Self.seed))
    layers(&builder)
    return try builder.build()
  }
}
