/// What sets an engine's way through a graph apart from another's, as far as ``GraphWork`` counts it.
public struct EngineTraits: Sendable, Hashable {
  /// Whether it computes 3x3 convolutions by Winograd's trick.
  public var usesWinograd: Bool
  /// Whether it keeps 8 bits through all layers; else only products are in int8, and what is between them is in floating point.
  public var keepsIntegers: Bool

  /// TFLite's kernels and XNNPACK's know no Winograd; ncnn quantizes each convolution's input.
  public init(engine: String) {
    (usesWinograd, keepsIntegers) = (engine != "litert", engine == "litert")
  }
}
