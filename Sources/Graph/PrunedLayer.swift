/// A convolution or fully connected layer some of whose f32 weights are zero, and what that is worth on an engine.
public struct PrunedLayer: Sendable, Hashable {
  public var node: String
  /// The share of weights that are not zero.
  public var density: Double
  /// The density below which a sparse kernel is faster than the dense one, as measured; 0 where none is at any.
  public var breakEven: Double

  /// Whether the zeros make the layer faster: it then runs on a sparse kernel.
  public var isFaster: Bool { density < breakEven }

  public init(node: String, density: Double, breakEven: Double) {
    self.node = node
    self.density = density
    self.breakEven = breakEven
  }
}
