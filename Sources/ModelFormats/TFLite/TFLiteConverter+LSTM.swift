import Graph

// Long short-term memory: with or without peepholes, projection, layer normalisation and a separate input gate.

extension TFLiteConverter {
  /// Positions of the inputs of one direction. Gates are in the order input, forget, cell, output.
  struct LSTMLayer {
    var weights: Int
    var recurrent: Int
    /// Of the input, the forget and the output gate.
    var peepholes: Int
    var biases: Int
    var projection: Int
    var state: Int
    var cell: Int
    var norms: Int?
    var activation: Activation
    var cellClip: Float
    var projectionClip: Float
    var isAsymmetric: Bool
  }

  mutating func longShortTermMemory(_ op: TFLiteOperator) throws(ModelFormatError) {
    let isSequence = op.name == "UNIDIRECTIONAL_SEQUENCE_LSTM"
    let options = try options(op, isSequence ? 71 : 14)
    let kernel: Int8 = isSequence ? 0 : try options?.scalar(3, default: 0) ?? 0
    if kernel == 1 { return try basicLongShortTermMemory(op) }
    let isTimeMajor = isSequence ? try options?.bool(3) ?? false : false
    let layer = LSTMLayer(
      weights: 1, recurrent: 5, peepholes: 9, biases: 12, projection: 16, state: 18, cell: 19, norms: 20,
      activation: try activation(options, 0), cellClip: try options?.float(1, default: 0) ?? 0,
      projectionClip: try options?.float(2, default: 0) ?? 0, isAsymmetric: try options?.bool(4) ?? false)
    let (x, form) = try sequence(op, isTimeMajor: isTimeMajor)
    let states = try run(layer, x, form, isReversed: false, op)
    if !isSequence { return try emit(states[0], op) }
    try emit(try stacked(states, form, op), op)
  }

  mutating func bidirectionalLongShortTermMemory(_ op: TFLiteOperator) throws(ModelFormatError) {
    let options = try options(op, 69)
    // The schema has it true where it is left out.
    let (x, form) = try sequence(op, isTimeMajor: try options?.bool(4, default: true) ?? true)
    guard !op.inputs.indices.contains(39) || op.inputs[39] < 0 else {
      throw unsupported(describe(op), "has an auxiliary input")
    }
    var results: [TensorID] = []
    for (first, state) in [(1, 35), (18, 37)] {
      let layer = LSTMLayer(
        weights: first, recurrent: first + 4, peepholes: first + 8, biases: first + 11,
        projection: first + 15,
        state: state, cell: state + 1, norms: nil, activation: try activation(options, 0),
        cellClip: try options?.float(1, default: 0) ?? 0,
        projectionClip: try options?.float(2, default: 0) ?? 0,
        isAsymmetric: try options?.bool(5) ?? false)
      results.append(try stacked(try run(layer, x, form, isReversed: first != 1, op), form, op))
    }
    try emitDirections(results, merges: try options?.bool(3) ?? false, op)
  }

  // MARK: Steps

  /// What one direction computes with.
  private struct LSTMWeights {
    /// Of each gate that there is.
    var gates: [Gate]
    var weights: TensorID
    var recurrent: TensorID
    /// Of all gates, where it is added to their sums; `nil` with layer normalisation, which comes before.
    var bias: TensorID?
    var biases: [TensorID]
    var norms: [TensorID]
    /// Of the input, the forget and the output gate.
    var peepholes: [TensorID?]
    var projection: TensorID?
    var projectionBias: TensorID?
    var cellCount: Int
  }

  private enum Gate: Int { case input, forget, cell, output }

  private mutating func run(
    _ layer: LSTMLayer, _ x: TensorID, _ form: Sequence, isReversed: Bool, _ op: TFLiteOperator
  ) throws(ModelFormatError) -> [TensorID] {
    try requireUnrollable(form, op)
    let parts = try weights(layer, op)
    let arithmetic = try LSTMArithmetic(of: self, layer, x, op)
    let state = try self.state(op, layer.state)
    let cellState = try self.state(op, layer.cell)
    var hidden = try real(try read(state, op), op)
    var cell = try real(try read(cellState, op), op)
    let weighted = try product(
      try real(x, op), parts.weights, parts.bias, isAsymmetric: layer.isAsymmetric, op)
    var states: [TensorID] = []
    for index in 0..<form.steps {
      let inputs = try step(isReversed ? form.steps - 1 - index : index, of: weighted, op)
      (hidden, cell) = try step(layer, parts, arithmetic, inputs, hidden, cell, op)
      states.append(hidden)
    }
    try write(try stored(hidden, in: state, op), to: state, graph.states[state.index].name, op)
    try write(try stored(cell, in: cellState, op), to: cellState, graph.states[cellState.index].name, op)
    if arithmetic.isInteger {
      let quantization = graph.states[state.index].quantization
      let type = graph.states[state.index].elementType
      for index in states.indices {
        states[index] = try intermediate(
          .quantize(.halfAwayFromZero), [states[index]], op, elementType: type, quantization: quantization)
      }
    }
    return isReversed ? states.reversed() : states
  }

  private mutating func stored(_ value: TensorID, in state: StateID, _ op: TFLiteOperator)
    throws(ModelFormatError)
    -> TensorID
  {
    let target = graph.states[state.index]
    if target.elementType == .f32 { return value }
    return try intermediate(
      .quantize(.halfAwayFromZero), [value], op, elementType: target.elementType,
      quantization: target.quantization)
  }

  private mutating func step(
    _ layer: LSTMLayer, _ parts: LSTMWeights, _ arithmetic: LSTMArithmetic, _ inputs: TensorID,
    _ hidden: TensorID,
    _ cell: TensorID, _ op: TFLiteOperator
  ) throws(ModelFormatError) -> (hidden: TensorID, cell: TensorID) {
    let recurrent = try product(hidden, parts.recurrent, nil, isAsymmetric: layer.isAsymmetric, op)
    func sums(_ converter: inout TFLiteConverter, _ gate: Gate) throws(ModelFormatError) -> TensorID? {
      guard let place = parts.gates.firstIndex(of: gate) else { return nil }
      let own = try converter.gate(place, of: inputs, parts.cellCount, op)
      let fromState = try converter.gate(place, of: recurrent, parts.cellCount, op)
      let scale = arithmetic.gateScales?[gate.rawValue]
      return try converter.sum(
        try converter.rounded(own, scale, op), try converter.rounded(fromState, scale, op), op)
    }
    func finished(_ converter: inout TFLiteConverter, _ gate: Gate, _ sum: TensorID, peeping at: TensorID?)
      throws(ModelFormatError) -> TensorID
    {
      var sum = sum
      let peephole: Int? =
        switch gate {
        case .input: 0
        case .forget: 1
        case .output: 2
        case .cell: nil
        }
      if let peephole, let at, let weights = parts.peepholes[peephole] {
        sum = try converter.sum(sum, try converter.multiplied(at, weights, op), op)
      }
      if !parts.norms.isEmpty, let place = parts.gates.firstIndex(of: gate) {
        sum = try converter.intermediate(
          .layerNorm(axes: 1, epsilon: 1e-8), [sum, parts.norms[place], parts.biases[place]], op)
      }
      guard arithmetic.isInteger else {
        return gate == .cell
          ? try converter.activated(sum, layer.activation, op)
          : try converter.intermediate(.unary(.sigmoid), [sum], op)
      }
      // Arguments in steps of 2^-12, results in steps of 2^-15.
      sum = try converter.rounded(sum, 0x1p-12, op)
      return try converter.rounded(
        try converter.intermediate(.unary(gate == .cell ? .tanh : .sigmoid), [sum], op), 0x1p-15, op)
    }

    guard let forgetSum = try sums(&self, .forget), let cellSum = try sums(&self, .cell),
      let outputSum = try sums(&self, .output)
    else { throw malformed(op, "a gate is left out", expected: "all but the input gate") }
    let forget = try finished(&self, .forget, forgetSum, peeping: cell)
    let input: TensorID
    if let inputSum = try sums(&self, .input) {
      input = try finished(&self, .input, inputSum, peeping: cell)
    } else {
      input = try intermediate(
        .binary(.subtract, activation: .none), [constant([1], .scalar, "one"), forget], op)
    }
    let candidate = try finished(&self, .cell, cellSum, peeping: nil)
    var next = try sum(
      try rounded(try multiplied(forget, cell, op), arithmetic.cellScale, op),
      try rounded(try multiplied(input, candidate, op), arithmetic.cellScale, op), op)
    next = try rounded(next, arithmetic.cellScale, op)
    if layer.cellClip > 0 {
      next = try intermediate(.unary(.clamp(min: -layer.cellClip, max: layer.cellClip)), [next], op)
    }
    let output = try finished(&self, .output, outputSum, peeping: next)
    let shaped =
      arithmetic.isInteger
      ? try rounded(try intermediate(.unary(.tanh), [next], op), 0x1p-15, op)
      : try activated(next, layer.activation, op)
    var result = try multiplied(output, shaped, op)
    if let quantization = arithmetic.hidden {
      result = try requantized(result, .i8, quantization, op)
    }
    if let projection = parts.projection {
      result = try product(result, projection, parts.projectionBias, isAsymmetric: layer.isAsymmetric, op)
      if layer.projectionClip > 0 {
        result = try intermediate(
          .unary(.clamp(min: -layer.projectionClip, max: layer.projectionClip)), [result], op)
      }
    }
    if let quantization = arithmetic.state { result = try requantized(result, .i8, quantization, op) }
    return (result, next)
  }

  /// The nearest numbers that the quantization holds.
  private mutating func requantized(
    _ x: TensorID, _ type: ElementType, _ quantization: Quantization, _ op: TFLiteOperator
  ) throws(ModelFormatError) -> TensorID {
    let steps = try intermediate(
      .quantize(.halfAwayFromZero), [x], op, elementType: type, quantization: quantization)
    return try intermediate(.dequantize, [steps], op, elementType: .f32)
  }

  private mutating func rounded(_ x: TensorID, _ scale: Float?, _ op: TFLiteOperator) throws(ModelFormatError)
    -> TensorID
  {
    guard let scale else { return x }
    return try rounded(x, scale: scale, op)
  }

  /// The columns of one gate.
  private mutating func gate(_ place: Int, of sums: TensorID, _ width: Int, _ op: TFLiteOperator)
    throws(ModelFormatError) -> TensorID
  {
    try intermediate(
      .slice(begin: [0, place * width], strides: [1, 1]), [sums], op, shape: [shape(of: sums)[0], width])
  }

  private mutating func weights(_ layer: LSTMLayer, _ op: TFLiteOperator) throws(ModelFormatError)
    -> LSTMWeights
  {
    func optional(_ converter: inout TFLiteConverter, _ position: Int?) throws(ModelFormatError) -> TensorID?
    {
      guard let position else { return nil }
      return try converter.optionalInput(op, position)
    }
    let x = try input(op, 0)
    let isInteger = graph[x].elementType != .f32
    var gates: [Gate] = []
    var weights: [TensorID] = []
    var recurrent: [TensorID] = []
    var biases: [TensorID] = []
    var norms: [TensorID] = []
    for gate in [Gate.input, .forget, .cell, .output] {
      guard let own = try optional(&self, layer.weights + gate.rawValue) else {
        guard gate == .input else {
          throw malformed(op, "a gate without weights", expected: "all but the input gate")
        }
        continue
      }
      gates.append(gate)
      weights.append(isInteger ? try real(own, op) : own)
      let state = try input(op, layer.recurrent + gate.rawValue)
      recurrent.append(isInteger ? try real(state, op) : state)
      if let bias = try optional(&self, layer.biases + gate.rawValue) { biases.append(try real(bias, op)) }
      if let norm = try optional(&self, layer.norms.map { $0 + gate.rawValue }) {
        norms.append(try real(norm, op))
      }
    }
    guard biases.isEmpty || biases.count == gates.count, norms.isEmpty || norms.count == gates.count,
      norms.isEmpty || !biases.isEmpty
    else {
      throw malformed(op, "\(biases.count) biases and \(norms.count) norms", expected: "one a gate, or none")
    }
    var peepholes: [TensorID?] = []
    for position in 0..<3 {
      let weights = try optional(&self, layer.peepholes + position)
      peepholes.append(try weights.map { id throws(ModelFormatError) in try real(id, op) })
    }
    let projection = try optional(&self, layer.projection)
    let cellCount = shape(of: weights[0]).dimensions.first ?? 0
    return LSTMWeights(
      gates: gates, weights: try stackedRows(weights, op), recurrent: try stackedRows(recurrent, op),
      bias: norms.isEmpty && !biases.isEmpty ? try stackedRows(biases, op) : nil, biases: biases,
      norms: norms,
      peepholes: peepholes,
      projection: isInteger
        ? try projection.map { id throws(ModelFormatError) in try real(id, op) } : projection,
      projectionBias: try optional(&self, layer.projection + 1).map { id throws(ModelFormatError) in
        try real(id, op)
      },
      cellCount: cellCount)
  }

  /// Constants are joined now, what is widened from constants when the model is prepared to run.
  private mutating func stackedRows(_ parts: [TensorID], _ op: TFLiteOperator) throws(ModelFormatError)
    -> TensorID
  {
    if parts.allSatisfy({ graph[$0].constant != nil }) { return try joined(parts, op) }
    if parts.count == 1 { return parts[0] }
    return try intermediate(.concat(axis: 0, activation: .none), parts.map { $0 }, op)
  }

  // MARK: The basic kernel

  /// One step of four gates in one matrix: inputs x, state, weights `[4 * cells, inputs + cells]`, biases, cell; outputs
  /// state and cell. Gates are in the order input, cell, forget, output.
  private mutating func basicLongShortTermMemory(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    guard graph[x].elementType == .f32 else {
      throw unsupported(describe(op), "is a basic LSTM of \(graph[x].elementType)")
    }
    let old = try input(op, 4)
    try requireRank(2, old, op)
    let joined = try intermediate(.concat(axis: 1, activation: .none), [x, try input(op, 1)], op)
    let sums = try product(joined, try input(op, 2), try input(op, 3), isAsymmetric: false, op)
    let width = shape(of: old)[1]
    let open = try intermediate(.unary(.sigmoid), [try gate(0, of: sums, width, op)], op)
    let candidate = try intermediate(.unary(.tanh), [try gate(1, of: sums, width, op)], op)
    let forget = try intermediate(.unary(.sigmoid), [try gate(2, of: sums, width, op)], op)
    let output = try intermediate(.unary(.sigmoid), [try gate(3, of: sums, width, op)], op)
    let cell = try sum(try multiplied(open, candidate, op), try multiplied(forget, old, op), op)
    let state = try multiplied(output, try intermediate(.unary(.tanh), [cell], op), op)
    try emit(state, op)
    try emit(cell, op, output: 1)
  }
}

/// Where the integer kernels round; all `nil` with real numbers.
private struct LSTMArithmetic {
  var isInteger = false
  /// Of the sums of the gates input, forget, cell, output.
  var gateScales: [Float]?
  var cellScale: Float?
  /// Of what comes before a projection.
  var hidden: Quantization?
  var state: Quantization?

  init(
    of converter: TFLiteConverter, _ layer: TFLiteConverter.LSTMLayer, _ x: TensorID,
    _ op: TFLiteOperator
  ) throws(ModelFormatError) {
    guard converter.graph[x].elementType != .f32 else { return }
    let tensors = converter.subgraph.tensors
    guard converter.graph[x].elementType == .i8, tensors[try converter.index(op, layer.cell)].type == .int16
    else {
      throw converter.unsupported(
        converter.describe(op), "is an LSTM of \(converter.graph[x].elementType) without a cell of i16")
    }
    isInteger = true
    let hasNorms = layer.norms.map { op.inputs.count > $0 + 1 && op.inputs[$0 + 1] >= 0 } ?? false
    if hasNorms {
      guard op.intermediates.count >= 5 else {
        throw converter.malformed(
          op, "\(op.intermediates.count) intermediates", expected: "5 with their scales")
      }
      gateScales = op.intermediates.prefix(4).map { tensors[$0].quantization?.scales.first ?? 0x1p-12 }
    } else {
      gateScales = Array(repeating: 0x1p-12, count: 4)
    }
    cellScale = tensors[try converter.index(op, layer.cell)].quantization?.scales.first
    state = tensors[try converter.index(op, layer.state)].quantization
    let projects = op.inputs.count > layer.projection && op.inputs[layer.projection] >= 0
    if projects, op.intermediates.count >= 5 { hidden = tensors[op.intermediates[4]].quantization }
  }
}
