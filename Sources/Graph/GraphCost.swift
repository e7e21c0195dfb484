/// What one node takes: the features that a latency model works from.
public struct NodeCost: Sendable, Hashable {
  public var kernelClass: KernelClass
  /// Multiply-accumulates of products; 0 for other operators.
  public var macs: Int
  /// Activations read and written, in bytes. A reshape and the conversion of a constant move nothing.
  public var bytesRead: Int
  public var bytesWritten: Int
  /// Constants read, as they are stored in the graph.
  public var weightBytes: Int

  public init(
    kernelClass: KernelClass, macs: Int, bytesRead: Int, bytesWritten: Int, weightBytes: Int
  ) {
    self.kernelClass = kernelClass
    self.macs = macs
    self.bytesRead = bytesRead
    self.bytesWritten = bytesWritten
    self.weightBytes = weightBytes
  }
}

/// What a graph takes in all.
public struct GraphCost: Sendable, Hashable {
  /// One for each of the graph's nodes, in order.
  public var nodes: [NodeCost]
  public var macs: Int
  /// Elements of the constants that nodes compute with; indices of gathers do not count.
  public var parameters: Int
  /// Bytes of the constants that nodes read, by their type.
  public var weightBytes: [ElementType: Int]
  /// Bytes of all activations, each counted once.
  public var activationBytes: Int
  /// The most bytes of activations that are alive at one node: what no arena can be smaller than, unless
  /// operators work in place or are fused.
  public var peakActivationBytes: Int
  /// Bytes kept between inferences.
  public var stateBytes: Int

  public init(
    nodes: [NodeCost], macs: Int, parameters: Int, weightBytes: [ElementType: Int], activationBytes: Int,
    peakActivationBytes: Int, stateBytes: Int
  ) {
    self.nodes = nodes
    self.macs = macs
    self.parameters = parameters
    self.weightBytes = weightBytes
    self.activationBytes = activationBytes
    self.peakActivationBytes = peakActivationBytes
    self.stateBytes = stateBytes
  }
}
