/// One call of an engine's kernel, as far as its time depends on it: a layer after all fusion.
public struct KernelCall: Sendable, Hashable {
  /// The kernel and its variant: "conv2d_f32/winograd", "unary_f32/3". What follows the slash is the engine's own.
  public var kernel: String
  /// What the loops run over, in an order that is the kernel's own. A convolution's are output rows, output columns, output
  /// channels, input channels of a group, taps and stride; a product's rows, columns and depth.
  public var sizes: [Int]
  public var macs: Int
  /// Of activations read, activations written, and constants read.
  public var readBytes: Int
  public var writtenBytes: Int
  public var constantBytes: Int

  public init(
    kernel: String, sizes: [Int], macs: Int, readBytes: Int, writtenBytes: Int, constantBytes: Int
  ) {
    self.kernel = kernel
    self.sizes = sizes
    self.macs = macs
    self.readBytes = readBytes
    self.writtenBytes = writtenBytes
    self.constantBytes = constantBytes
  }

  /// The kernel without its variant.
  public var family: Substring { kernel.prefix { $0 != "/" } }
}
