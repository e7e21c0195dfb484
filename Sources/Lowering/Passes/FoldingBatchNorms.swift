public import Graph

extension Graph {
  /// With batch normalisations that follow a convolution or fully connected layer worked into its weights and bias.
  ///
  /// `scale * (x - mean) / sqrt(variance + epsilon) + bias` is linear in `x`, so it scales the layer's output channels
  /// and moves its bias. Layers whose plain output something else reads stay as they are.
  public func foldingBatchNorms() -> Graph {
    var graph = self
    let index = GraphIndex(self)
    var removed: Set<Int> = []
    for (position, node) in nodes.enumerated() {
      guard case .batchNorm(let epsilon) = node.op, case let x?? = node.inputs.first,
        index.soleConsumer(of: x) == position, let producer = index.producers[x.index],
        let line = graph.channelLine(of: node, epsilon: epsilon),
        graph.scaleChannels(of: producer, by: line)
      else { continue }
      graph.nodes[producer].outputs = node.outputs
      removed.insert(position)
    }
    graph.nodes = graph.nodes.enumerated().filter { !removed.contains($0.offset) }.map(\.element)
    return graph
  }

  /// With the batch normalisations that are left as a product and a sum.
  func expandingBatchNorms() -> Graph {
    guard nodes.contains(where: { if case .batchNorm = $0.op { true } else { false } }) else { return self }
    var graph = self
    graph.nodes = []
    for node in nodes {
      guard case .batchNorm(let epsilon) = node.op, case let x?? = node.inputs.first else {
        graph.nodes.append(node)
        continue
      }
      guard let line = channelLine(of: node, epsilon: epsilon) else {
        graph.expand(node, epsilon: epsilon)
        continue
      }
      let shape: Shape = [line.slopes.count]
      let slopes = graph.append(
        Tensor(
          name: "\(node.name) slopes", elementType: .f32, shape: shape, constant: TensorData(line.slopes)))
      let offsets = graph.append(
        Tensor(
          name: "\(node.name) offsets", elementType: .f32, shape: shape, constant: TensorData(line.offsets)))
      let scaled = graph.append(Tensor(name: "\(node.name) scaled", elementType: .f32, shape: self[x].shape))
      graph.nodes.append(
        Node(
          name: node.name, op: .binary(.multiply, activation: .none), inputs: [x, slopes], outputs: [scaled]))
      graph.nodes.append(
        Node(
          name: node.name, op: .binary(.add, activation: .none), inputs: [scaled, offsets],
          outputs: node.outputs))
    }
    return graph
  }

  /// A normalisation whose statistics are computed: `(x - mean) * (scale / sqrt(variance + epsilon)) + bias`.
  private mutating func expand(_ node: Node, epsilon: Float) {
    let operands = node.inputs.compactMap { $0 }
    guard operands.count == 5 else { return }
    let (x, scale, bias, mean, variance) = (operands[0], operands[1], operands[2], operands[3], operands[4])
    func step(
      _ role: String, _ op: Operator, _ inputs: [TensorID], like other: TensorID, _ graph: inout Graph
    ) -> TensorID {
      let result = graph.append(
        Tensor(name: "\(node.name) \(role)", elementType: .f32, shape: graph[other].shape))
      graph.nodes.append(Node(name: "\(node.name) \(role)", op: op, inputs: inputs, outputs: [result]))
      return result
    }
    let added = append(
      Tensor(name: "\(node.name) epsilon", elementType: .f32, shape: .scalar, constant: TensorData([epsilon]))
    )
    let sum = step("variance", .binary(.add, activation: .none), [variance, added], like: variance, &self)
    let factor = step("factor", .unary(.rsqrt), [sum], like: variance, &self)
    let slope = step("slope", .binary(.multiply, activation: .none), [factor, scale], like: variance, &self)
    let deviation = step("deviation", .binary(.subtract, activation: .none), [x, mean], like: x, &self)
    let scaled = step("scaled", .binary(.multiply, activation: .none), [deviation, slope], like: x, &self)
    nodes.append(
      Node(
        name: node.name, op: .binary(.add, activation: .none), inputs: [scaled, bias], outputs: node.outputs))
  }
}

/// `slopes[c] * x + offsets[c]`.
private struct ChannelLine {
  var slopes: [Float]
  var offsets: [Float]
}

extension Graph {
  fileprivate func channelLine(of node: Node, epsilon: Float) -> ChannelLine? {
    let operands = node.inputs.dropFirst().compactMap { $0.flatMap { self[$0].floats } }
    guard operands.count == 4 else { return nil }
    let (scale, bias, mean, variance) = (operands[0], operands[1], operands[2], operands[3])
    let slopes = scale.indices.map { scale[$0] / (variance[$0] + epsilon).squareRoot() }
    return ChannelLine(
      slopes: slopes, offsets: slopes.indices.map { bias[$0] - mean[$0] * slopes[$0] })
  }

  /// Works `line` into the layer at `position`; false where it cannot be done.
  fileprivate mutating func scaleChannels(of position: Int, by line: ChannelLine) -> Bool {
    let node = nodes[position]
    guard node.op.activation == Activation.none, node.inputs.count > 1, let weightsID = node.inputs[1] else {
      return false
    }
    let isDepthwise: Bool
    switch node.op {
    case .depthwiseConv2d: isDepthwise = true
    case .conv2d, .transposeConv2d, .fullyConnected: isDepthwise = false
    default: return false
    }
    let biasID = node.inputs.count > 2 ? node.inputs[2] : nil
    let channels = line.slopes.count
    let bias = biasID.map { self[$0].floats } ?? Array(repeating: 0, count: channels)
    guard let bias, bias.count == channels, self[node.outputs[0]].elementType == .f32,
      let weights = self[weightsID].scalingChannels(by: line.slopes, last: isDepthwise)
    else { return false }
    let name = self[weightsID].name
    nodes[position].inputs = [
      node.inputs[0], append(weights),
      append(
        Tensor(
          name: biasID.map { self[$0].name } ?? "\(name) bias", elementType: .f32, shape: [channels],
          constant: TensorData(zip(zip(bias, line.slopes), line.offsets).map { $0.0 * $0.1 + $1 }))),
    ]
    return true
  }
}

extension Tensor {
  /// Constant weights with each output channel (the first axis, or the last) multiplied; `nil` for other types.
  fileprivate func scalingChannels(by slopes: [Float], last: Bool) -> Tensor? {
    guard let count = shape.elementCount, count % slopes.count == 0 else { return nil }
    let inner = last ? 1 : count / slopes.count
    @Sendable func slope(_ index: Int) -> Float { slopes[index / inner % slopes.count] }
    var scaled = self
    switch elementType {
    case .f32, .f16:
      guard isConstantOfFloats, let constant else { return nil }
      scaled.constant = TensorData(byteCount: constant.byteCount, zerosAsIn: constant) { [self] memory in
        guard let floats else { return }
        let products = floats.indices.map { floats[$0] * slope($0) }
        if elementType == .f32 {
          products.withUnsafeBytes { memory.copyMemory(from: $0) }
        } else {
          products.map(\.halfBits).withUnsafeBytes { memory.copyMemory(from: $0) }
        }
      }
    case .i8:
      // The scale takes the magnitude, the steps the sign. -128 has no opposite: such weights stay.
      guard let steps = signedBytes, let quantization, quantization.isSymmetric, !steps.contains(-128),
        slopes.allSatisfy({ $0.isFinite && $0 != 0 })
      else { return nil }
      let scales =
        quantization.axis == nil
        ? Array(repeating: quantization.scales[0], count: slopes.count) : quantization.scales
      guard scales.count == slopes.count else { return nil }
      scaled.quantization = .perChannel(
        scales: zip(scales, slopes).map { $0 * $1.magnitude }, axis: last ? shape.rank - 1 : 0)
      scaled.constant = TensorData(steps.indices.map { slope($0) < 0 ? -steps[$0] : steps[$0] })
    default: return nil
    }
    return scaled
  }
}
