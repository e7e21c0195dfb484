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
  /// Any other dense convolution.
  case convolution
  /// Convolutions in groups of several channels, which engines run one after the other.
  case grouped
  case depthwise
  /// The product of a matrix with a single vector: bound by reading the weights.
  case vectorProduct = "vector-product"
  /// The weights of all other products, read from memory once an inference.
  case weights
  /// Activations of element-wise layers, and borders added to images, that pass through the caches.
  case cache
  /// Activations that products read, rearrange into rows of a matrix, and write.
  case operands
  /// Activations that do not fit the caches.
  case dram
  /// Exponentials: sigmoid, tanh, GELU; and softmax over many elements, which engines compute in one thread.
  case exponential
  case softmax
  case movement
  /// Numbers that change between floating point and 8 bits beside a product in int8.
  case quantization
  /// The start of a layer with products, and of any other.
  case launch
  case lightLaunch = "light-launch"
  /// Products of a transformer: rows of tokens.
  case tokens

  /// What bounds such work.
  public var bound: String {
    switch self {
    case .gemm, .winograd, .convolution, .grouped, .depthwise, .tokens, .exponential, .softmax: "compute"
    case .tiles, .cache, .operands, .movement, .quantization: "cache"
    case .vectorProduct, .weights, .dram: "memory"
    case .launch, .lightLaunch: "overhead"
    }
  }
}
