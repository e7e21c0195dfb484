/// Makes a constant of a graph under construction.
public typealias WeightGenerator = @Sendable (WeightRequest) -> [Float]

/// What a builder asks of a ``WeightGenerator``.
public struct WeightRequest: Sendable, Hashable {
  public enum Role: Sendable, Hashable, CaseIterable {
    /// Weights of a convolution or a matrix.
    case kernel
    case bias
    /// Of a normalization: multiplier, mean and variance.
    case scale, mean, variance
  }

  /// The constant's name: "stem/kernel".
  public var name: String
  public var role: Role
  public var shape: Shape
  /// The products that are added up for one output element, and the output elements that one input goes into.
  public var fanIn: Int
  public var fanOut: Int
  /// What follows the sum.
  public var activation: Activation

  public init(
    name: String, role: Role, shape: Shape, fanIn: Int, fanOut: Int, activation: Activation
  ) {
    self.name = name
    self.role = role
    self.shape = shape
    self.fanIn = fanIn
    self.fanOut = fanOut
    self.activation = activation
  }

  /// Values that keep activations at a steady scale through any depth: kernels uniform with the variance
  /// 2 / fanIn (He) before a ReLU, 2 / (fanIn + fanOut) (Glorot) elsewhere; biases and means within 0.05,
  /// scales and variances within 0.1 of 1.
  ///
  /// Each constant has a sequence of its own, from `seed` and its name, so adding a layer changes no other.
  /// - Source: He et al., arXiv:1502.01852; Glorot and Bengio, AISTATS 2010.
  public static func seeded(_ seed: UInt64) -> WeightGenerator {
    { request in
      var random = SplitMix64(seed: seed ^ fnv1a(request.name))
      let count = request.shape.elementCount ?? 0
      let center: Float
      let limit: Float
      switch request.role {
      case .kernel:
        let isRectified = request.activation == .relu || request.activation == .relu6
        let variance =
          isRectified ? 2 / Float(request.fanIn) : 2 / (Float(request.fanIn) + Float(request.fanOut))
        (center, limit) = (0, (3 * variance).squareRoot())  // a uniform's variance is limit^2 / 3
      case .bias, .mean: (center, limit) = (0, 0.05)
      case .scale, .variance: (center, limit) = (1, 0.1)
      }
      return (0..<count).map { _ in center + random.uniform(within: limit) }
    }
  }

  /// FNV-1a, 64 bit.
  private static func fnv1a(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }
}
