import Graph

// Recurrent layers, unrolled over the steps of their sequence, and SVDF. Their states outlive an inference.

extension TFLiteConverter {
  /// A sequence as `[steps, batch, ...]`.
  struct Sequence {
    var steps: Int
    var batch: Int
    /// Whether the file has the batch first.
    var isBatchMajor: Bool
  }

  // MARK: Sequences

  /// Input 0 with its steps first; of a single step, where the operator takes no sequence.
  mutating func sequence(
    _ op: TFLiteOperator, input position: Int = 0, isTimeMajor: Bool
  ) throws(ModelFormatError) -> (x: TensorID, form: Sequence) {
    let x = try input(op, position)
    let dimensions = shape(of: x).dimensions
    if dimensions.count == 2 {
      let single = try intermediate(
        .reshape, [x], op, shape: Shape([1] + dimensions), quantization: graph[x].quantization)
      return (single, Sequence(steps: 1, batch: dimensions[0], isBatchMajor: true))
    }
    try requireRank(3, x, op)
    guard !isTimeMajor else {
      return (x, Sequence(steps: dimensions[0], batch: dimensions[1], isBatchMajor: false))
    }
    let moved =
      dimensions[0] == 1
      ? try intermediate(
        .reshape, [x], op, shape: [dimensions[1], 1, dimensions[2]], quantization: graph[x].quantization)
      : try intermediate(.transpose(permutation: [1, 0, 2]), [x], op, quantization: graph[x].quantization)
    return (moved, Sequence(steps: dimensions[1], batch: dimensions[0], isBatchMajor: true))
  }

  /// Step `index` of `[steps, batch, width]`, as `[batch, width]`.
  mutating func step(_ index: Int, of x: TensorID, _ op: TFLiteOperator) throws(ModelFormatError) -> TensorID
  {
    let dimensions = shape(of: x).dimensions
    let quantization = graph[x].quantization
    let part =
      dimensions[0] == 1
      ? x
      : try intermediate(
        .slice(begin: [index, 0, 0], strides: [1, 1, 1]), [x], op, shape: Shape([1] + dimensions[1...]),
        quantization: quantization)
    return try intermediate(
      .reshape, [part], op, shape: Shape(Array(dimensions[1...])), quantization: quantization)
  }

  /// The states of all steps as the file has them: `[batch, steps, width]` or `[steps, batch, width]`.
  mutating func stacked(_ states: [TensorID], _ form: Sequence, _ op: TFLiteOperator) throws(ModelFormatError)
    -> TensorID
  {
    let quantization = graph[states[0]].quantization
    let width = shape(of: states[0]).dimensions.last ?? 1
    let axis = form.isBatchMajor ? 1 : 0
    var parts: [TensorID?] = []
    for state in states {
      parts.append(
        try intermediate(
          .reshape, [state], op, shape: form.isBatchMajor ? [form.batch, 1, width] : [1, form.batch, width],
          quantization: quantization))
    }
    guard parts.count > 1, let first = parts[0] else { return parts[0] ?? states[0] }
    return try intermediate(
      .concat(axis: axis, activation: .none), parts, op, quantization: graph[first].quantization)
  }

  /// A bound on how many steps are unrolled.
  func requireUnrollable(_ form: Sequence, _ op: TFLiteOperator) throws(ModelFormatError) {
    let limit = 1 << 12
    guard (1...limit).contains(form.steps) else {
      throw unsupported(describe(op), "has \(form.steps) steps, more than \(limit)")
    }
  }

  // MARK: Arithmetic

  mutating func sum(_ a: TensorID, _ b: TensorID, _ op: TFLiteOperator) throws(ModelFormatError) -> TensorID {
    try intermediate(.binary(.add, activation: .none), [a, b], op)
  }

  mutating func multiplied(_ a: TensorID, _ b: TensorID, _ op: TFLiteOperator) throws(ModelFormatError)
    -> TensorID
  {
    try intermediate(.binary(.multiply, activation: .none), [a, b], op)
  }

  mutating func activated(_ x: TensorID, _ activation: Activation, _ op: TFLiteOperator)
    throws(ModelFormatError)
    -> TensorID
  {
    guard activation != .none else { return x }
    guard let unary = activation.unary else {
      throw unsupported(describe(op), "has the activation \(activation)")
    }
    return try intermediate(.unary(unary), [x], op)
  }

  /// The reals of a tensor.
  mutating func real(_ id: TensorID, _ op: TFLiteOperator) throws(ModelFormatError) -> TensorID {
    if graph[id].elementType == .f32 { return id }
    return try intermediate(
      graph[id].quantization == nil ? .cast : .dequantize, [id], op, elementType: .f32)
  }

  /// Weights of gates, one below the other: `[rows of all, columns]`.
  ///
  /// Integers get a scale a row, that of their gate.
  mutating func joined(_ weights: [TensorID], _ op: TFLiteOperator) throws(ModelFormatError) -> TensorID {
    guard let first = weights.first else { throw malformed(op, "no weights", expected: "those of the gates") }
    if weights.count == 1 { return first }
    let type = graph[first].elementType
    var bytes: [UInt8] = []
    var rows = 0
    var scales: [Float] = []
    for id in weights {
      let tensor = graph[id]
      guard let data = tensor.constant, tensor.elementType == type, type == .f32 || type == .i8,
        tensor.shape.rank == graph[first].shape.rank,
        tensor.shape.dimensions.dropFirst().elementsEqual(graph[first].shape.dimensions.dropFirst())
      else {
        throw unsupported(
          describe(op), "has computed weights, or gates whose weights differ in type or width")
      }
      bytes += data.elements(as: UInt8.self)
      rows += tensor.shape[0]
      if type == .i8 {
        guard let scale = tensor.quantization?.scales.first, tensor.quantization?.axis == nil,
          tensor.quantization?.zeroPoints.first == 0
        else {
          throw unsupported(describe(op), "has weights '\(tensor.name)' without one scale and zero point 0")
        }
        scales += Array(repeating: scale, count: tensor.shape[0])
      }
    }
    return addConstant(
      "\(graph[first].name)/gates", type, Shape([rows] + graph[first].shape.dimensions.dropFirst()),
      TensorData(bytes), quantization: type == .i8 ? .perChannel(scales: scales, axis: 0) : nil)
  }

  /// `x * weights^T + bias` with real `x`, as LiteRT's recurrent kernels compute it.
  ///
  /// With weights of integers, rows of `x` are quantized as they come: by their range, or, unless `isAsymmetric`, by
  /// their largest magnitude, to 127 steps on either side of zero.
  mutating func product(
    _ x: TensorID, _ weights: TensorID, _ bias: TensorID?, isAsymmetric: Bool, _ op: TFLiteOperator
  ) throws(ModelFormatError) -> TensorID {
    let kind = Operator.fullyConnected(activation: .none, keepsLeadingAxes: true)
    let tensor = graph[weights]
    if tensor.elementType == .f32 || isAsymmetric || tensor.quantization == nil {
      return try intermediate(kind, bias.map { [x, weights, $0] } ?? [x, weights], op)
    }
    guard let quantization = tensor.quantization, tensor.shape.rank == 2 else {
      throw unsupported(describe(op), "has weights of \(tensor.type)")
    }
    let axis = shape(of: x).rank - 1
    let sizes = try intermediate(.unary(.abs), [x], op)
    let largest = try intermediate(.reduce(.maximum, axes: [axis], keepsDimensions: true), [sizes], op)
    let bounded = try intermediate(
      .binary(.maximum, activation: .none), [largest, constant([1e-30], .scalar, "least range")], op)
    let inverse = try intermediate(
      .binary(.divide, activation: .none), [constant([127], .scalar, "steps"), bounded], op)
    let steps = try intermediate(.unary(.round), [try multiplied(x, inverse, op)], op)
    let integers = try intermediate(.cast, [weights], op, elementType: .f32)
    let sums = try intermediate(kind, [steps, integers], op)
    let unit = try multiplied(bounded, constant([1 / 127], .scalar, "step"), op)
    let scales = constant(
      quantization.axis == nil ? [quantization.scales[0]] : quantization.scales,
      [quantization.axis == nil ? 1 : quantization.scales.count], "weight scales")
    let result = try multiplied(try multiplied(sums, unit, op), scales, op)
    guard let bias else { return result }
    return try sum(result, bias, op)
  }

  // MARK: RNN

  /// `h = activation(x * W^T + h * R^T + b)`, for every step or for the one that there is.
  mutating func recurrentNetwork(_ op: TFLiteOperator) throws(ModelFormatError) {
    let isSequence = op.name == "UNIDIRECTIONAL_SEQUENCE_RNN"
    let options = try options(op, isSequence ? 31 : 7)
    let isTimeMajor = isSequence ? try options?.bool(0) ?? false : false
    let (x, form) = try sequence(op, isTimeMajor: isTimeMajor)
    let layer = RecurrentLayer(
      weights: 1, recurrent: 2, bias: 3, state: 4,
      activation: try activation(options, isSequence ? 1 : 0),
      isAsymmetric: try options?.bool(isSequence ? 2 : 1) ?? false)
    let states = try run(layer, x, form, isReversed: false, op)
    if !isSequence { return try emit(.reshape, [states[0]], op, shape: shape(of: states[0])) }
    try emit(try stacked(states, form, op), op)
  }

  mutating func bidirectionalRecurrentNetwork(_ op: TFLiteOperator) throws(ModelFormatError) {
    let options = try options(op, 70)
    let (x, form) = try sequence(op, isTimeMajor: try options?.bool(0) ?? false)
    let merges = try options?.bool(2) ?? false
    guard !op.inputs.indices.contains(9) || op.inputs[9] < 0 else {
      throw unsupported(describe(op), "has an auxiliary input")
    }
    var results: [TensorID] = []
    for (direction, first) in [1, 5].enumerated() {
      let layer = RecurrentLayer(
        weights: first, recurrent: first + 1, bias: first + 2, state: first + 3,
        activation: try activation(options, 1), isAsymmetric: try options?.bool(3) ?? false)
      results.append(try stacked(try run(layer, x, form, isReversed: direction == 1, op), form, op))
    }
    try emitDirections(results, merges: merges, op)
  }

  /// Both directions side by side in one output, or in one each.
  mutating func emitDirections(_ results: [TensorID], merges: Bool, _ op: TFLiteOperator)
    throws(ModelFormatError)
  {
    if merges {
      return try emit(.concat(axis: 2, activation: .none), results.map { $0 }, op)
    }
    for (position, result) in results.enumerated() { try emit(result, op, output: position) }
  }

  /// Positions of a layer's inputs.
  struct RecurrentLayer {
    var weights: Int
    var recurrent: Int
    var bias: Int
    var state: Int
    var activation: Activation
    var isAsymmetric: Bool
  }

  private mutating func run(
    _ layer: RecurrentLayer, _ x: TensorID, _ form: Sequence, isReversed: Bool, _ op: TFLiteOperator
  ) throws(ModelFormatError) -> [TensorID] {
    try requireUnrollable(form, op)
    let state = try self.state(op, layer.state)
    var hidden = try read(state, op)
    let bias = try input(op, layer.bias)
    let recurrent = try input(op, layer.recurrent)
    let weighted = try product(
      x, try input(op, layer.weights), bias, isAsymmetric: layer.isAsymmetric, op)
    var states: [TensorID] = []
    for index in 0..<form.steps {
      let position = isReversed ? form.steps - 1 - index : index
      let fromState = try product(hidden, recurrent, nil, isAsymmetric: layer.isAsymmetric, op)
      hidden = try activated(
        try sum(try step(position, of: weighted, op), fromState, op), layer.activation, op)
      states.append(hidden)
    }
    try write(hidden, to: state, graph.states[state.index].name, op)
    return isReversed ? states.reversed() : states
  }

  /// The value of a state.
  mutating func read(_ state: StateID, _ op: TFLiteOperator) throws(ModelFormatError) -> TensorID {
    do throws(GraphError) {
      return try assembler.add(
        .readState(state), [], name: "\(graph.states[state.index].name)/read",
        quantization: graph.states[state.index].quantization)
    } catch {
      throw malformed(op, error.found, expected: error.expected)
    }
  }

  // MARK: SVDF

  /// A layer of rank-one filters: a product with the features, and one over time with what a memory holds of the last.
  ///
  /// - Source: Nakkiran et al., "Compressing Deep Neural Networks using a Rank-Constrained Topology" (2015).
  mutating func rankConstrainedFilter(_ op: TFLiteOperator) throws(ModelFormatError) {
    let options = try options(op, 6)
    let rank: Int32 = try options?.scalar(0, default: 0) ?? 0
    let x = try input(op, 0)
    let features = try input(op, 1)
    let times = try input(op, 2)
    let bias = try optionalInput(op, 3)
    try requireRank(2, x, op)
    try requireRank(2, features, op)
    try requireRank(2, times, op)
    let filters = shape(of: features)[0]
    let memory = shape(of: times)[1]
    let batch = shape(of: x)[0]
    guard rank > 0, filters % Int(rank) == 0, shape(of: times)[0] == filters else {
      throw malformed(op, "rank \(rank) of \(filters) filters", expected: "a divisor")
    }
    let state = try self.state(op, 4)
    guard graph.states[state.index].shape.elementCount == batch * filters * memory else {
      throw malformed(
        op, "a state of \(graph.states[state.index].type)", expected: "\(batch)x\(filters * memory) elements")
    }
    let isInteger = graph[x].elementType != .f32
    let old = try real(try read(state, op), op)
    let isAsymmetric = try options?.bool(2) ?? false
    var newest =
      isInteger
      ? try product(try real(x, op), try real(features, op), nil, isAsymmetric: false, op)
      : try product(x, features, nil, isAsymmetric: isAsymmetric, op)
    if isInteger, let scale = graph.states[state.index].quantization?.scales.first {
      newest = try rounded(newest, scale: scale, op)
    }
    newest = try intermediate(.reshape, [newest], op, shape: [batch, filters, 1])
    var window = newest
    if memory > 1 {
      let past = try intermediate(.reshape, [old], op, shape: [batch, filters, memory])
      let kept = try intermediate(
        .slice(begin: [0, 0, 1], strides: [1, 1, 1]), [past], op, shape: [batch, filters, memory - 1])
      window = try intermediate(.concat(axis: 2, activation: .none), [kept, newest], op)
    }
    let stored = try intermediate(.reshape, [window], op, shape: graph.states[state.index].shape)
    let quantized =
      isInteger
      ? try intermediate(
        .quantize(.halfAwayFromZero), [stored], op, elementType: graph.states[state.index].elementType,
        quantization: graph.states[state.index].quantization) : stored
    try write(quantized, to: state, graph.states[state.index].name, op)
    let weighted = try multiplied(window, try real(times, op), op)
    let overTime = try intermediate(.reduce(.sum, axes: [2], keepsDimensions: false), [weighted], op)
    let units = filters / Int(rank)
    let split = try intermediate(.reshape, [overTime], op, shape: [batch, units, Int(rank)])
    var result = try intermediate(.reduce(.sum, axes: [2], keepsDimensions: false), [split], op)
    if let bias { result = try sum(result, try real(bias, op), op) }
    // The integer kernels clamp to what the output's steps hold, and to nothing else.
    if isInteger { return try emit(.quantize(.halfAwayFromZero), [result], op) }
    try emit(try activated(result, try activation(options, 1), op), op)
  }

  /// The nearest numbers that 16-bit steps of `scale` hold.
  mutating func rounded(_ x: TensorID, scale: Float, _ op: TFLiteOperator) throws(ModelFormatError)
    -> TensorID
  {
    let steps = try intermediate(
      .quantize(.halfAwayFromZero), [x], op, elementType: .i16,
      quantization: .perTensor(scale: scale, zeroPoint: 0))
    return try intermediate(.dequantize, [steps], op, elementType: .f32)
  }
}
