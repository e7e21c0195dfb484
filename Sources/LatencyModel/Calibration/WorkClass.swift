/// What a layer's time is spent on: each has one calibrated coefficient, a factor on the time that plain arithmetic gives.
///
/// The raw value is the name in files.
public enum WorkClass: String, Sendable, Hashable, CaseIterable, Codable {
  /// A 1x1 convolution: a matrix product.
  case gemm
  /// A 3x3 convolution with stride 1 by Winograd's F(4x4, 3x3): 36 products for 16 outputs, the named factor by which an
  /// engine may exceed the nominal peak; and the transformation of its tiles.
  case winograd
  case tiles
  /// Any other dense or grouped convolution.
  case convolution
  case depthwise
  /// The product of a matrix with a single vector: bound by reading the weights.
  case vectorProduct = "vector-product"
  /// The weights of all other products, read from memory once an inference.
  case weights
  /// Activations that pass through the caches, and those that do not fit.
  case cache
  case dram
  /// Exponentials: sigmoid, tanh, GELU; and softmax over many elements, which engines compute in one thread.
  case exponential
  case softmax
  case movement
  /// A layer's start.
  case launch
  /// Products of a transformer: rows of tokens.
  case tokens

  /// What bounds such work.
  public var bound: String {
    switch self {
    case .gemm, .winograd, .convolution, .depthwise, .tokens, .exponential, .softmax: "compute"
    case .tiles, .cache, .movement: "cache"
    case .vectorProduct, .weights, .dram: "memory"
    case .launch: "overhead"
    }
  }
}
