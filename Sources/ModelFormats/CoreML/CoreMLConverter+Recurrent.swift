import Graph

// Recurrent layers.

extension CoreMLConverter {
  static let recurrentOperations: [String: Operation] = [
    "gru": CoreMLConverter.gru, "lstm": CoreMLConverter.lstm, "rnn": CoreMLConverter.rnn,
  ]

  /// One direction's weights, as ONNX has them: `[1, gates * H, ...]`.
  struct RecurrentWeights {
    var input: [Float]
    var recurrent: [Float]
    var bias: [Float]
    /// Of the hidden state's own bias; empty where there is one bias.
    var recurrentBias: [Float] = []
    /// Empty where there are none.
    var peepholes: [Float] = []
  }

  func lstm(_ call: MILCall) throws(ModelFormatError) {
    let direction = try call.text("direction", default: "forward")
    if call.has("clip") { throw call.operation.unsupported("clips its cells") }
    let hidden = try hiddenSize(call, gates: 4)
    func weights(_ suffix: String) throws(ModelFormatError) -> RecurrentWeights {
      // Input, forget, output, cell; ONNX has the output before the forget gate.
      let order = [0, 2, 1, 3]
      return RecurrentWeights(
        input: try rows(call, "weight_ih\(suffix)", hidden, order),
        recurrent: try rows(call, "weight_hh\(suffix)", hidden, order),
        bias: call.has("bias\(suffix)") ? try rows(call, "bias\(suffix)", hidden, order) : [],
        peepholes: call.has("peephole\(suffix)")
          ? try rows(call, "peephole\(suffix)", hidden, [0, 2, 1]) : [])
    }
    let both = direction == "bidirectional"
    let activations = [
      try call.text("recurrent_activation", default: "sigmoid"),
      try call.text("cell_activation", default: "tanh"),
      try call.text("activation", default: "tanh"),
    ]
    try recurrent(
      "LSTM", try call.name("x"), both ? [try weights(""), try weights("_back")] : [try weights("")],
      hidden: hidden,
      isReverse: direction == "reverse", activations: activations,
      state: try call.optionalName("initial_h"), cell: try call.optionalName("initial_c"),
      wholeSequence: try call.flag("output_sequence"), outputs: call.outputs)
  }

  func gru(_ call: MILCall) throws(ModelFormatError) {
    let hidden = try hiddenSize(call, gates: 3)
    // Reset, output, update; ONNX begins with the update gate.
    let order = [2, 0, 1]
    let weights = RecurrentWeights(
      input: try rows(call, "weight_ih", hidden, order),
      recurrent: try rows(call, "weight_hh", hidden, order),
      bias: call.has("input_bias")
        ? try rows(call, "input_bias", hidden, order)
        : call.has("bias") ? try rows(call, "bias", hidden, order) : [],
      recurrentBias: call.has("input_bias") && call.has("bias") ? try rows(call, "bias", hidden, order) : [])
    try recurrent(
      "GRU", try call.name("x"), [weights], hidden: hidden,
      isReverse: try call.text("direction", default: "forward") == "reverse",
      activations: [
        try call.text("recurrent_activation", default: "sigmoid"),
        try call.text("activation", default: "tanh"),
      ],
      state: try call.optionalName("initial_h"), cell: nil, wholeSequence: try call.flag("output_sequence"),
      outputs: call.outputs)
  }

  func rnn(_ call: MILCall) throws(ModelFormatError) {
    let hidden = try hiddenSize(call, gates: 1)
    let weights = RecurrentWeights(
      input: try rows(call, "weight_ih", hidden, [0]), recurrent: try rows(call, "weight_hh", hidden, [0]),
      bias: call.has("bias") ? try rows(call, "bias", hidden, [0]) : [])
    try recurrent(
      "RNN", try call.name("x"), [weights], hidden: hidden,
      isReverse: try call.text("direction", default: "forward") == "reverse",
      activations: [try call.text("activation", default: "tanh")], state: try call.optionalName("initial_h"),
      cell: nil, wholeSequence: try call.flag("output_sequence"), outputs: call.outputs)
  }

  private func hiddenSize(_ call: MILCall, gates: Int) throws(ModelFormatError) -> Int {
    let shape = try call.shape("weight_hh")
    guard shape.count == 2, shape[1] >= 1, shape[0] == gates * shape[1] else {
      throw call.operation.malformed("weight_hh \(Shape(shape))", expected: "[\(gates) * H, H]")
    }
    return shape[1]
  }

  /// A parameter's numbers, blocks of `hidden` rows in the order `order`.
  private func rows(
    _ call: MILCall, _ parameter: String, _ hidden: Int, _ order: [Int]
  ) throws(ModelFormatError) -> [Float] {
    let values = try call.floats(parameter)
    return try reordered(values, blocks: order, parameter)
  }

  /// Equal blocks of a list in another order.
  func reordered(_ values: [Float], blocks order: [Int], _ role: String) throws(ModelFormatError) -> [Float] {
    guard values.count % order.count == 0 else {
      throw malformed("\(values.count) numbers for '\(role)'", expected: "a multiple of \(order.count)")
    }
    try spend(4 * values.count)
    let block = values.count / order.count
    return order.flatMap { values[$0 * block..<($0 + 1) * block] }
  }

  private static let activationNames = [
    "sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu", "sigmoid_hard": "HardSigmoid", "linear": "Affine",
    "elu": "Elu", "leaky_relu": "LeakyRelu", "scaled_tanh": "ScaledTanh", "softsign": "Softsign",
    "softplus": "Softplus", "thresholded_relu": "ThresholdedRelu",
  ]

  /// A recurrent layer over `x`, `[sequence, batch, I]`.
  ///
  /// - Parameters:
  ///   - weights: One or two directions.
  ///   - state: `[batch, directions * H]`; zeros where it is `nil`. So is `cell`.
  ///   - outputs: The sequence `[sequence or 1, batch, directions * H]`, the last state and the last cell `[batch, directions * H]`.
  func recurrent(
    _ op: String, _ x: String, _ weights: [RecurrentWeights], hidden: Int, isReverse: Bool,
    activations: [String],
    state: String?, cell: String?, wholeSequence: Bool, outputs: [String]
  ) throws(ModelFormatError) {
    let extents = try shape(x)
    guard extents.count == 3 else {
      throw malformed("\(extents.count) axes", expected: "[sequence, batch, width]")
    }
    let directions = weights.count
    let batch = extents[1]
    guard hidden >= 1, hidden <= Shape.largestExtent,
      weights.allSatisfy({ $0.input.count % (hidden * extents[2]) == 0 })
    else { throw malformed("weights for \(hidden) cells of \(extents[2]) inputs", expected: "whole gates") }
    let gates = weights[0].recurrent.count / (hidden * hidden)
    func stacked(_ list: (RecurrentWeights) -> [Float], _ shape: [Int]) throws(ModelFormatError) -> String {
      let values = weights.flatMap(list)
      guard values.count == Shape([directions] + shape).elementCount else {
        throw malformed("\(values.count) weights", expected: "\(Shape([directions] + shape))")
      }
      return try floats(values, [directions] + shape)
    }
    let zeros = [Float](repeating: 0, count: gates * hidden)
    func states(_ name: String?) throws(ModelFormatError) -> String {
      guard let name else { return "" }
      guard directions == 2 else { return try reshaped(name, [1, batch, hidden]) }
      return try transposed(try reshaped(name, [batch, 2, hidden]), [1, 0, 2])
    }
    var names: [String] = []
    var alphas: [Float] = []
    for activation in activations {
      guard let name = Self.activationNames[activation.lowercased()] else {
        throw unsupported("has the activation '\(activation)'")
      }
      names.append(name)
      alphas.append(name == "HardSigmoid" ? 0.2 : 0)
    }
    var attributes: [String: ONNXAttribute] = [
      "hidden_size": ONNXAttribute(integer: hidden),
      "direction": ONNXAttribute(text: directions == 2 ? "bidirectional" : isReverse ? "reverse" : "forward"),
    ]
    let usual = op == "LSTM" ? ["Sigmoid", "Tanh", "Tanh"] : op == "GRU" ? ["Sigmoid", "Tanh"] : ["Tanh"]
    if names != usual {
      attributes["activations"] = ONNXAttribute(
        texts: Array(repeating: names, count: directions).flatMap { $0 })
      if alphas.contains(where: { $0 != 0 }) {
        attributes["activation_alpha"] = ONNXAttribute(
          floats: Array(repeating: alphas, count: directions).flatMap { $0 })
      }
    }
    if op == "GRU" { attributes["linear_before_reset"] = ONNXAttribute(integer: 1) }
    var inputs = [
      x, try stacked(\.input, [gates * hidden, extents[2]]),
      try stacked(\.recurrent, [gates * hidden, hidden]),
      try stacked(
        { ($0.bias.isEmpty ? zeros : $0.bias) + ($0.recurrentBias.isEmpty ? zeros : $0.recurrentBias) },
        [2 * gates * hidden]), "", try states(state),
    ]
    if op == "LSTM" {
      inputs.append(try states(cell))
      if weights.contains(where: { !$0.peepholes.isEmpty }) {
        let none = [Float](repeating: 0, count: 3 * hidden)
        inputs.append(try stacked({ $0.peepholes.isEmpty ? none : $0.peepholes }, [3 * hidden]))
      }
    }
    while inputs.last == "" { inputs.removeLast() }
    // Sequence [S, D, B, H], last state [D, B, H], last cell [D, B, H].
    let made = [freshName("sequence"), freshName("state")] + (op == "LSTM" ? [freshName("cell")] : [])
    try node(op, inputs, outputs: made, attributes)
    func joined(_ name: String) throws(ModelFormatError) -> String {
      let moved = directions == 2 ? try transposed(name, [1, 0, 2]) : name
      return try reshaped(moved, [batch, directions * hidden])
    }
    for (position, output) in outputs.enumerated().prefix(made.count) {
      if position > 0 {
        try alias(try joined(made[position]), output)
      } else if wholeSequence {
        let moved = directions == 2 ? try transposed(made[0], [0, 2, 1, 3]) : made[0]
        try alias(try reshaped(moved, [extents[0], batch, directions * hidden]), output)
      } else {
        try alias(try reshaped(try joined(made[1]), [1, batch, directions * hidden]), output)
      }
    }
  }
}

extension MILCall {
  /// The numbers of a parameter, of any type.
  func floats(_ parameter: String) throws(ModelFormatError) -> [Float] {
    if let values = try constantFloats(parameter) { return values }
    let name = try self.name(parameter)
    return try converter.tracedFloats(name)
  }
}
