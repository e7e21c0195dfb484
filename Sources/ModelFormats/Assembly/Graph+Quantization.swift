import Graph
import Lowering

extension Graph {
  /// With layers between dequantize and quantize as layers on the integers themselves.
  ///
  /// Formats that write quantization as operators of its own (ONNX) describe an 8-bit layer as a layer on real numbers,
  /// its operands dequantized before it and its result quantized after it. The integer kernels compute the same to
  /// within one step of the output.
  func fusingQuantization() -> Graph {
    guard nodes.contains(where: { $0.op == .dequantize }) else { return self }
    var fusion = QuantizationFusion(movingConversions())
    return fusion.run()
  }

  /// With operators that only move elements working on integers where they stand between a conversion and a layer.
  private func movingConversions() -> Graph {
    var graph = self
    var sources: [TensorID: TensorID] = [:]
    graph.nodes = []
    for node in nodes {
      if node.op == .dequantize, case let source?? = node.inputs.first, self[source].constant == nil {
        sources[node.outputs[0]] = source
      }
      guard node.op.onlyMoves, case let x?? = node.inputs.first, let source = sources[x] else {
        graph.nodes.append(node)
        continue
      }
      // First the integers are moved, then converted: as many numbers, each a quarter of the size.
      var tensor = graph[node.outputs[0]]
      tensor.name += " moved"
      (tensor.elementType, tensor.quantization) = (graph[source].elementType, graph[source].quantization)
      guard tensor.quantization?.axis == nil else {
        graph.nodes.append(node)
        continue
      }
      graph.tensors.append(tensor)
      let moved = TensorID(graph.tensors.count - 1)
      sources[node.outputs[0]] = moved
      graph.nodes.append(Node(name: "\(node.name) moved", op: node.op, inputs: [source], outputs: [moved]))
      graph.nodes.append(Node(name: node.name, op: .dequantize, inputs: [moved], outputs: node.outputs))
    }
    return graph
  }
}

/// Rewrites layer after layer.
private struct QuantizationFusion {
  private var graph: Graph
  private var producers: [Int?]
  private var consumers: [[Int]]
  private var isOutput: [Bool]
  private var removed: Set<Int> = []

  init(_ graph: Graph) {
    self.graph = graph
    producers = Array(repeating: nil, count: graph.tensors.count)
    consumers = Array(repeating: [], count: graph.tensors.count)
    isOutput = Array(repeating: false, count: graph.tensors.count)
    for (position, node) in graph.nodes.enumerated() {
      for id in node.outputs { producers[id.index] = position }
      for case let id? in node.inputs { consumers[id.index].append(position) }
    }
    for id in graph.outputs { isOutput[id.index] = true }
  }

  mutating func run() -> Graph {
    for position in graph.nodes.indices { fuse(position) }
    graph.nodes = graph.nodes.enumerated().filter { !removed.contains($0.offset) }.map(\.element)
    return graph
  }

  private mutating func fuse(_ position: Int) {
    let node = graph.nodes[position]
    guard node.op.hasIntegerKernels, node.outputs.count == 1 else { return }
    // What clamps the result before it is quantized stays, on the integers.
    var clamps: [Int] = []
    var last = node.outputs[0]
    while let next = soleConsumer(of: last), case .unary(let unary) = graph.nodes[next].op, unary.isClamp {
      clamps.append(next)
      last = graph.nodes[next].outputs[0]
    }
    guard let quantize = soleConsumer(of: last), graph.nodes[quantize].op.isQuantize else { return }
    let result = graph.nodes[quantize].outputs[0]
    guard graph[result].isByteQuantized, let inputs = integerInputs(of: node) else { return }
    graph.nodes[position].inputs = inputs
    // Each clamp's operand becomes a tensor of the result's type, and the last result is that of quantize.
    var output = node.outputs[0]
    for clamp in clamps {
      graph[output].elementType = graph[result].elementType
      graph[output].quantization = graph[result].quantization
      output = graph.nodes[clamp].outputs[0]
    }
    graph.nodes[clamps.last ?? position].outputs = [result]
    removed.insert(quantize)
  }

  private func soleConsumer(of id: TensorID) -> Int? {
    consumers[id.index].count == 1 && !isOutput[id.index] ? consumers[id.index][0] : nil
  }

  /// The integers that `id` is dequantized from.
  private func source(of id: TensorID) -> TensorID? {
    guard let producer = producers[id.index], graph.nodes[producer].op == .dequantize else { return nil }
    return graph.nodes[producer].inputs[0]
  }

  private mutating func integerInputs(of node: Node) -> [TensorID?]? {
    if node.op.isProduct { return integerOperands(of: node) }
    var inputs: [TensorID?] = []
    for id in node.inputs {
      guard let id, let source = source(of: id), graph[source].isByteQuantized else { return nil }
      inputs.append(source)
    }
    return inputs
  }

  private mutating func integerOperands(of node: Node) -> [TensorID?]? {
    guard node.inputs.count >= 2, let x = node.inputs[0].flatMap({ source(of: $0) }),
      let weights = node.inputs[1].flatMap({ source(of: $0) }), graph[x].isByteQuantized,
      graph[weights].constant != nil, graph[weights].isSymmetricBytes,
      let inputScale = graph[x].quantization?.scales.first,
      let weightScales = graph[weights].quantization?.scales
    else { return nil }
    guard node.inputs.count > 2, let bias = node.inputs[2] else { return [x, weights] }
    let channels = graph[bias].shape.elementCount ?? 0
    guard weightScales.count == 1 || weightScales.count == channels else { return nil }
    let scales = (0..<channels).map { inputScale * weightScales[weightScales.count == 1 ? 0 : $0] }
    guard let integers = integerBias(bias, scales: scales) else { return nil }
    return [x, weights, integers]
  }

  /// The bias in steps of the product.
  private mutating func integerBias(_ bias: TensorID, scales: [Float]) -> TensorID? {
    let origin = source(of: bias) ?? bias
    guard let values = graph[origin].reals, values.count == scales.count else { return nil }
    var steps: [Int32] = []
    for (value, scale) in zip(values, scales) {
      guard let step = Int32(exactly: (Double(value) / Double(scale)).rounded(.toNearestOrEven)) else {
        return nil
      }
      steps.append(step)
    }
    var tensor = graph[bias]
    tensor.name += " steps"
    tensor.elementType = .i32
    tensor.quantization = .perChannel(scales: scales, axis: tensor.shape.rank - 1)
    tensor.constant = TensorData(steps)
    graph.tensors.append(tensor)
    producers.append(nil)
    consumers.append([])
    isOutput.append(false)
    return TensorID(graph.tensors.count - 1)
  }
}

extension Tensor {
  /// Whether the elements are bytes with one scale.
  fileprivate var isByteQuantized: Bool {
    guard elementType == .i8 || elementType == .u8, let quantization else { return false }
    return quantization.axis == nil
  }

  /// Whether the elements are bytes around zero, once unsigned ones are shifted.
  fileprivate var isSymmetricBytes: Bool {
    guard let quantization else { return false }
    switch elementType {
    case .i8: return quantization.zeroPoints.allSatisfy { $0 == 0 }
    case .u8: return quantization.zeroPoints.allSatisfy { $0 == 128 }
    default: return false
    }
  }
}

extension Operator {
  fileprivate var isProduct: Bool {
    switch self {
    case .conv2d, .depthwiseConv2d, .transposeConv2d, .fullyConnected: true
    default: false
    }
  }

  /// Whether there are kernels for 8-bit operands whose result is that of the real numbers, to within a step.
  fileprivate var hasIntegerKernels: Bool {
    switch self {
    case .unary, .pool2d, .concat: true
    case .binary(let binary, _): [.add, .subtract, .multiply].contains(binary)
    case .reduce(let reduction, _, _): reduction == .mean
    case .resize(let resize): resize.method == .nearest
    default: isProduct || onlyMoves
    }
  }

  /// Operators of one input whose results are elements of it, as they are.
  fileprivate var onlyMoves: Bool {
    switch self {
    case .reshape, .transpose, .slice, .broadcast, .tile, .depthToSpace, .spaceToDepth: true
    case .pad(_, _, let mode): mode != .constant(0) ? mode.repeatsElements : true
    default: false
    }
  }
}

extension PadMode {
  fileprivate var repeatsElements: Bool { if case .constant = self { false } else { true } }
}

extension Unary {
  fileprivate var isClamp: Bool {
    switch self {
    case .relu, .relu6, .reluN1To1, .clamp: true
    default: false
    }
  }
}
