internal import Graph

extension StaticQuantization {
  /// Writes the nodes anew, with conversions where numbers and steps meet.
  struct Rewriting {
    private let plan: StaticQuantization
    private var graph: Graph
    /// Tensors of the source that are made as steps.
    private var isMadeAsSteps: [Bool]
    private var realVersions: [TensorID: TensorID] = [:]
    private var stepVersions: [TensorID: TensorID] = [:]

    init(_ plan: StaticQuantization) {
      self.plan = plan
      graph = plan.source
      graph.nodes = []
      isMadeAsSteps = Array(repeating: false, count: graph.tensors.count)
      for (number, node) in plan.source.nodes.enumerated() where plan.isInteger[number] {
        for id in node.outputs where graph[id].elementType == .f32 {
          isMadeAsSteps[id.index] = true
          graph[id].elementType = .i8
          graph[id].quantization = plan.scales[id]
        }
      }
    }

    mutating func run() throws(CompressionError) -> Graph {
      for (number, node) in plan.source.nodes.enumerated() {
        var rewritten = node
        if plan.isInteger[number] {
          try feedSteps(&rewritten)
        } else {
          for (position, id) in node.inputs.enumerated() { rewritten.inputs[position] = id.map { real($0) } }
        }
        graph.nodes.append(rewritten)
      }
      for (position, id) in plan.source.outputs.enumerated() { graph.outputs[position] = real(id) }
      return graph
    }

    private mutating func feedSteps(_ node: inout Node) throws(CompressionError) {
      if let axis = node.op.weightChannelAxis {
        try quantizeWeights(&node, axis)
        return
      }
      let common: Quantization? = if case .concat = node.op { plan.scales[node.outputs[0]] } else { nil }
      for (position, id) in node.inputs.enumerated() {
        guard let id, plan.source[id].elementType == .f32 else { continue }
        if let values = try plan.source[id].finiteReals() {
          node.inputs[position] = constantSteps(id, values, common)
        } else {
          node.inputs[position] = steps(id, as: common, for: node.name)
        }
      }
    }

    /// A constant operand as steps, of its own scale where no common one is asked for.
    private mutating func constantSteps(
      _ id: TensorID, _ values: [Float], _ common: Quantization?
    ) -> TensorID {
      let quantization =
        common ?? .asymmetric(covering: (values.min() ?? 0)...(values.max() ?? 0))
      var tensor = plan.source[id]
      tensor.elementType = .i8
      tensor.quantization = quantization
      tensor.constant = TensorData(quantization.steps(of: values))
      return graph.append(tensor)
    }

    /// Weights as i8, bias as i32 in steps of the input's scale times the weights'.
    private mutating func quantizeWeights(_ node: inout Node, _ axis: Int) throws(CompressionError) {
      guard let x = node.inputs[0], let weights = node.inputs[1], let scale = plan.scales[x]?.scales.first,
        let values = try plan.source[weights].finiteReals()
      else { return }
      let bias = node.inputs.count > 2 ? node.inputs[2] : nil
      var biases = try bias.flatMap { id throws(CompressionError) in try plan.source[id].finiteReals() }
      let quantizer = ChannelQuantizer(shape: plan.source[weights].shape, axis: axis, values: values)
      let channelScales = IntegerBias.weightScales(quantizer.scales(), inputScale: scale, biases: biases)
      node.inputs[0] = steps(x, as: nil, for: node.name)
      node.inputs[1] = graph.append(quantizer.tensor(name: plan.source[weights].name, scales: channelScales))
      if let shifts = quantizer.meanErrors(
        scales: channelScales, of: node.op, means: plan.table.channels(of: x)?.means)
      {
        let old = biases ?? Array(repeating: 0, count: shifts.count)
        // Half a step of each weight times at most 255 steps of input: far below the room that IntegerBias leaves.
        biases = old.count == shifts.count ? zip(old, shifts).map { $0 - $1 } : biases
      }
      if let biases {
        let products = channelScales.map { $0 * scale }
        var tensor =
          bias.map { plan.source[$0] }
          ?? Tensor(name: "\(node.name) bias", elementType: .f32, shape: [biases.count])
        tensor.elementType = .i32
        tensor.quantization = .perChannel(scales: products, axis: tensor.shape.rank - 1)
        tensor.constant = TensorData(IntegerBias.steps(biases, scales: products))
        node.inputs = [node.inputs[0], node.inputs[1], graph.append(tensor)]
      }
    }

    /// The tensor as steps, with another scale than its own where one is asked for.
    private mutating func steps(_ id: TensorID, as common: Quantization?, for reader: String) -> TensorID {
      let own: TensorID
      if isMadeAsSteps[id.index] {
        own = id
      } else if let made = stepVersions[id] {
        own = made
      } else {
        own = convert(
          id, .quantize(.halfAwayFromZero), to: .i8, plan.scales[id], name: "\(plan.source[id].name) as i8")
        stepVersions[id] = own
      }
      guard let common, common != graph[own].quantization else { return own }
      return convert(
        own, .quantize(.halfAwayFromZero), to: .i8, common, name: "\(plan.source[id].name) for \(reader)")
    }

    /// The tensor as numbers.
    private mutating func real(_ id: TensorID) -> TensorID {
      guard isMadeAsSteps[id.index] else { return id }
      if let made = realVersions[id] { return made }
      // The name stays with the numbers, which are what the graph's outputs are asked for by.
      let name = plan.source[id].name
      graph[id].name = "\(name) as i8"
      let made = convert(id, .dequantize, to: .f32, nil, name: name)
      realVersions[id] = made
      return made
    }

    private mutating func convert(
      _ id: TensorID, _ op: Operator, to type: ElementType, _ quantization: Quantization?, name: String
    ) -> TensorID {
      let result = graph.append(
        Tensor(name: name, elementType: type, shape: graph[id].shape, quantization: quantization))
      graph.nodes.append(Node(name: "\(op.name) \(name)", op: op, inputs: [id], outputs: [result]))
      return result
    }
  }
}
