internal import Graph
internal import Lowering

/// Weights as 4- or 8-bit steps with a scale for each short run of a channel; all arithmetic stays f32.
///
/// A layer's weights become steps `[blocks, size]`, dequantized and reshaped before use. Kernels of fully connected layers
/// and of 1x1 convolutions read them so; other convolutions' are stored narrow, and widened when the plan is made.
/// Scales are f16 numbers where that loses no range.
///
/// - Source: Dettmers and Zettlemoyer, arXiv:2212.09720, for blocks; XNNPACK's qb4w.
public struct BlockQuantization: Sendable, Hashable {
  /// 4 or 8.
  public var bits: Int
  /// The most weights that share a scale; the largest divisor of a channel's weights up to it is taken.
  public var blockSize: Int

  public init(bits: Int, blockSize: Int = 32) {
    self.bits = bits
    self.blockSize = blockSize
  }

  /// Shorter blocks cost more in scales than they save in steps.
  private static let shortestBlock = 8

  func apply(to original: Graph, recipe: String) throws(CompressionError) -> Graph {
    let source = original.foldingBatchNorms()
    var graph = source
    graph.nodes = []
    var made: [TensorID: TensorID] = [:]
    for var node in source.nodes {
      if case .fullyConnected = node.op { try narrow(&node, in: &graph, &made) }
      if case .conv2d = node.op { try narrow(&node, in: &graph, &made) }
      graph.nodes.append(node)
    }
    guard !made.isEmpty else {
      throw .notApplicable(
        recipe: recipe, reason: "no convolution or fully connected layer has weights that divide into blocks")
    }
    return graph
  }

  private func narrow(
    _ node: inout Node, in graph: inout Graph, _ made: inout [TensorID: TensorID]
  ) throws(CompressionError) {
    guard node.inputs.count > 1, let weights = node.inputs[1], graph[weights].elementType == .f32 else {
      return
    }
    if let known = made[weights] {
      node.inputs[1] = known
      return
    }
    guard let values = try graph[weights].finiteReals() else { return }
    let shape = graph[weights].shape
    let channel = values.count / max(1, shape[0])
    guard
      let size = (Self.shortestBlock...max(Self.shortestBlock, blockSize)).last(where: { channel % $0 == 0 })
    else { return }
    let name = graph[weights].name
    let steps = graph.append(steps(of: values, size: size, name: name))
    let wide = graph.append(
      Tensor(name: "\(name) in blocks", elementType: .f32, shape: graph[steps].shape))
    let whole = graph.append(Tensor(name: "\(name) widened", elementType: .f32, shape: shape))
    graph.nodes.append(
      Node(name: "dequantize \(name)", op: .dequantize, inputs: [steps], outputs: [wide]))
    graph.nodes.append(Node(name: "reshape \(name)", op: .reshape, inputs: [wide], outputs: [whole]))
    made[weights] = whole
    node.inputs[1] = whole
  }

  /// Symmetric: the largest magnitude of a block is the largest step.
  private func steps(of values: [Float], size: Int, name: String) -> Tensor {
    let most = Float((1 << (bits - 1)) - 1)
    var scales: [Float] = []
    var steps: [Int8] = []
    for start in stride(from: 0, to: values.count, by: size) {
      let block = values[start..<start + size]
      let largest = block.reduce(Float(0)) { max($0, $1.magnitude) }
      let scale = largest == 0 ? 1 : (largest / most).asScale.nearestHalf
      scales.append(scale)
      steps += block.map { Int8(max(-most, min(most, ($0 / scale).rounded()))) }
    }
    let data =
      bits == 8
      ? TensorData(steps)
      : TensorData(
        stride(from: 0, to: steps.count, by: 2).map { index -> UInt8 in
          let high = index + 1 < steps.count ? steps[index + 1] : 0
          return UInt8(bitPattern: steps[index]) & 0xf | UInt8(bitPattern: high) << 4
        })
    return Tensor(
      name: "\(name) as i\(bits)", elementType: bits == 8 ? .i8 : .i4, shape: [scales.count, size],
      quantization: .perChannel(scales: scales, axis: 0), constant: data)
  }
}

extension Float {
  /// The nearest f16 number, where that is a normal one: within 2^-11 of this.
  fileprivate var nearestHalf: Float {
    (0x1p-14...65504).contains(self) ? Float(halfBits: halfBits) : self
  }
}
