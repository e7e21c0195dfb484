internal import CKernels
internal import Graph

extension PlanBuilder {
  /// Adds a fully connected layer, or a 1x1 convolution, as a product of sparse weights where that is faster.
  ///
  /// - Returns: False where it is not: nothing was added then.
  mutating func lowerSparse(_ node: Node, _ activation: Activation) throws(LoweringError) -> Bool {
    let weights = try inputTensor(1, of: node)
    let bias = inputID(2, of: node).map { graph[$0] }
    guard let layer = SparseProduct(node, in: graph, options.instructionSet), layer.isFaster,
      var parameters = layer.choice
    else { return false }
    let (range, output) = try fusedClamp(node, activation)
    parameters.min = range.lower
    parameters.max = range.upper
    let requirements = eb_sparse_requirements(&parameters)
    let biases = try floats(bias)
    let packed = try packed(weights, requirements) { [parameters] memory in
      var parameters = parameters
      eb_sparse_pack(&parameters, weights.floats, biases, memory)
    }
    try addProduct(EB_OP_FULLY_CONNECTED_F32_SPARSE, parameters, requirements, packed, node, output: output)
    return true
  }
}

/// A product of an f32 input with constant f32 weights some of which are zero, and the sparse kernel that suits it best.
struct SparseProduct {
  /// The share of weights that are not zero.
  var density: Double
  /// `nil` where no kernel takes the layer.
  private(set) var choice: eb_sparse_params?

  /// Of fewer zeros nothing could be made.
  static let leastSparsity = 0.05

  /// `nil` where the node is no such product, or less than ``leastSparsity`` of its weights are zero.
  init?(_ node: Node, in graph: Graph, _ instructionSet: InstructionSet) {
    let isPointwise: Bool
    switch node.op {
    case .fullyConnected: isPointwise = true
    case .conv2d(let convolution):
      guard node.inputs.count > 1, let weights = node.inputs[1] else { return nil }
      isPointwise = convolution.isPointwise(graph[weights])
    case .depthwiseConv2d, .transposeConv2d: isPointwise = false
    default: return nil
    }
    guard node.inputs.count > 1, let x = node.inputs[0], let weights = node.inputs[1],
      graph[x].elementType == .f32, graph[weights].elementType == .f32,
      let constant = graph[weights].constant,
      let inputCount = graph[x].shape.elementCount, let count = graph[weights].shape.elementCount, count > 0,
      constant.byteCount == count * MemoryLayout<Float>.size, constant.showsZeros
    else { return nil }
    let channels = graph[weights].shape[0]
    let depth = count / channels
    var parameters = eb_sparse_params()
    parameters.isa = instructionSet.rawValue
    guard let rows = UInt32(exactly: inputCount / depth), let outputs = UInt32(exactly: channels),
      let inputs = UInt32(exactly: depth)
    else { return nil }
    (parameters.rows, parameters.out_channels, parameters.in_channels) = (rows, outputs, inputs)
    let zeros = constant.withUnsafeBytes {
      eb_sparse_zeros(count, $0.baseAddress?.assumingMemoryBound(to: Float.self))
    }
    density = 1 - Double(zeros) / Double(count)
    guard density <= 1 - Self.leastSparsity else { return nil }
    let isChosen = constant.withUnsafeBytes {
      isPointwise && eb_sparse_choose(&parameters, $0.baseAddress?.assumingMemoryBound(to: Float.self))
    }
    choice = isChosen ? parameters : nil
  }

  /// The density below which sparse kernels pay for this layer; 0 where none does at any.
  ///
  /// Where weights are kept in blocks with zeros among them, these count as kept: the figure is lower by their share.
  var breakEven: Double {
    guard var choice else { return 0 }
    return eb_sparse_break_even(&choice) * density / max(eb_sparse_density(&choice), .leastNormalMagnitude)
  }

  var isFaster: Bool { density < breakEven }
}

extension TensorData {
  /// Whether there are zeros among the first few thousand f32 elements: most models have none, and are then spared a look
  /// at all their weights. Samples from further places would bring the mapped file's pages in around each.
  fileprivate var showsZeros: Bool {
    zerosAsIn.withUnsafeBytes { bytes in
      let size = MemoryLayout<Float>.size
      return (0..<min(bytes.count / size, 4096)).contains {
        bytes.loadUnaligned(fromByteOffset: $0 * size, as: Float.self) == 0
      }
    }
  }
}
