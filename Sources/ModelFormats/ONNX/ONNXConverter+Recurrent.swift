import Graph

// Recurrent layers.

extension ONNXConverter {
  static let recurrents: [String: Handler] = [
    "GRU": { (converter) in { (node) throws(ModelFormatError) in try converter.recurrent(.gru, node) } },
    "LSTM": { (converter) in { (node) throws(ModelFormatError) in try converter.recurrent(.lstm, node) } },
    "RNN": { (converter) in { (node) throws(ModelFormatError) in try converter.recurrent(.rnn, node) } },
  ]

  private func recurrent(_ kind: Recurrence.Kind, _ node: ONNXNode) throws(ModelFormatError) {
    let direction: Recurrence.Direction
    switch try node.string("direction", default: "forward") {
    case "forward": direction = .forward
    case "reverse": direction = .reverse
    case "bidirectional": direction = .bidirectional
    case let other:
      throw node.malformed("direction '\(other)'", expected: "forward, reverse or bidirectional")
    }
    let recurrence = Recurrence(
      kind, direction: direction, isBatchMajor: try node.flag("layout", default: false),
      resetsAfterProduct: kind == .gru ? try node.flag("linear_before_reset", default: false) : false,
      couplesForgetGate: kind == .lstm ? try node.flag("input_forget", default: false) : false,
      clip: try node.float("clip"),
      functions: try recurrentFunctions(kind, directions: direction == .bidirectional ? 2 : 1, node))
    var inputs: [TensorID?] = []
    for position in 0...7 { inputs.append(try optional(node, position)) }
    if let lengths = inputs[4], elementType(lengths) != .i32 {
      inputs[4] = try apply(.cast, [lengths], node, type: .i32)
    }
    if kind != .lstm { inputs.removeLast(2) }
    try emitAll(.recurrence(recurrence), inputs, node)
  }

  /// Three functions for each direction, the missing ones as ONNX's defaults.
  private func recurrentFunctions(
    _ kind: Recurrence.Kind, directions: Int, _ node: ONNXNode
  ) throws(ModelFormatError) -> [[Recurrence.Function]] {
    let usual = Recurrence(kind).functions[0]
    let perDirection = kind == .rnn ? 1 : kind == .gru ? 2 : 3
    guard let names = try node.strings("activations") else {
      return Array(repeating: usual, count: directions)
    }
    guard names.count == directions * perDirection else {
      throw node.malformed("\(names.count) activations", expected: "\(directions * perDirection)")
    }
    // Parameters are listed for the functions that have any, in their order.
    var alphas = (try node.floats("activation_alpha") ?? [])[...]
    var betas = (try node.floats("activation_beta") ?? [])[...]
    var functions: [[Recurrence.Function]] = []
    for direction in 0..<directions {
      var own = usual
      for position in 0..<perDirection {
        let name = names[direction * perDirection + position]
        guard let (kind, alpha, beta) = Self.recurrentFunctionKinds[name.lowercased()] else {
          throw node.unsupported("has the activation \(name)")
        }
        own[position] = Recurrence.Function(
          kind, alpha: alpha.map { alphas.popFirst() ?? $0 } ?? 0,
          beta: beta.map { betas.popFirst() ?? $0 } ?? 0)
      }
      functions.append(own)
    }
    return functions
  }

  /// Each function's kind and its parameters' defaults, where it has any.
  private static let recurrentFunctionKinds:
    [String: (kind: Recurrence.Function.Kind, alpha: Float?, beta: Float?)] = [
      "affine": (.affine, 1, 0), "elu": (.elu, 1, nil), "hardsigmoid": (.hardSigmoid, 0.2, 0.5),
      "leakyrelu": (.leakyRelu, 0.01, nil), "relu": (.relu, nil, nil), "scaledtanh": (.scaledTanh, 1, 1),
      "sigmoid": (.sigmoid, nil, nil), "softplus": (.softplus, nil, nil), "softsign": (.softsign, nil, nil),
      "tanh": (.tanh, nil, nil), "thresholdedrelu": (.thresholdedRelu, 1, nil),
    ]
}
