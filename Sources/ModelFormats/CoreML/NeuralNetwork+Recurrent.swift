import Graph

// Recurrent layers over the sequence axis.

extension CoreMLConverter {
  static let recurrentLayers: [Int: Layer] = [
    400: CoreMLConverter.simpleRecurrentLayer, 410: CoreMLConverter.gruLayer, 420: CoreMLConverter.lstmLayer,
    430: CoreMLConverter.bidirectionalLayer,
  ]

  private static let functions: [Int: String] = [
    5: "linear", 10: "relu", 30: "tanh", 31: "scaled_tanh", 40: "sigmoid", 41: "sigmoid_hard",
  ]

  private func functions(_ messages: [ProtobufMessage]) throws(ModelFormatError) -> [String] {
    var names: [String] = []
    for message in messages {
      guard let kind = try ProtobufRecord(message).first(of: 5...71), let name = Self.functions[kind],
        kind != 5, kind != 31
      else { throw unsupported("has an activation that is none of tanh, sigmoid, hard sigmoid and ReLU") }
      names.append(name)
    }
    return names
  }

  private func simpleRecurrentLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let p = layer.parameters
    let weights = RecurrentWeights(
      input: try weightNumbers(layer, 30), recurrent: try weightNumbers(layer, 31),
      bias: try p.flag(20) ? try weightNumbers(layer, 32) : [])
    try run(
      "RNN", layer, [weights], activations: try functions(try p.messages(10)), isReverse: try p.flag(100),
      wholeSequence: try p.flag(15))
  }

  private func gruLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let p = layer.parameters
    // Update, reset, output, as in ONNX.
    var weights = RecurrentWeights(input: [], recurrent: [], bias: [])
    for gate in 0..<3 {
      weights.input += try weightNumbers(layer, 30 + gate)
      weights.recurrent += try weightNumbers(layer, 50 + gate)
      if try p.flag(20) { weights.bias += try weightNumbers(layer, 70 + gate) }
    }
    try run(
      "GRU", layer, [weights], activations: try functions(try p.messages(10)), isReverse: try p.flag(100),
      wholeSequence: try p.flag(15))
  }

  private func lstmLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let p = layer.parameters
    let options = try p.record(15)
    try run(
      "LSTM", layer, [try lstmWeights(try p.record(20), options)],
      activations: try functions(try p.messages(10)),
      isReverse: try p.flag(100), wholeSequence: try options.flag(10))
  }

  private func bidirectionalLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let p = layer.parameters
    let options = try p.record(15)
    var weights: [RecurrentWeights] = []
    for message in try p.messages(20) {
      weights.append(try lstmWeights(try ProtobufRecord(message), options))
    }
    guard weights.count == 2 else { throw malformed("weights of \(weights.count) directions", expected: "2") }
    let forward = try functions(try p.messages(10))
    guard try functions(try p.messages(11)) == forward else {
      throw unsupported("has other activations backward than forward")
    }
    try run(
      "LSTM", layer, weights, activations: forward, isReverse: false, wholeSequence: try options.flag(10))
  }

  private func lstmWeights(_ record: ProtobufRecord, _ options: ProtobufRecord) throws(ModelFormatError)
    -> RecurrentWeights
  {
    if try options.flag(50) { throw unsupported("couples its input and forget gates") }
    let clip = try options.float(60)
    guard clip == 0 || clip >= 50 else { throw unsupported("clips its cells at \(clip)") }
    var weights = RecurrentWeights(input: [], recurrent: [], bias: [])
    func numbers(_ number: Int) throws(ModelFormatError) -> [Float] {
      try self.numbers(try record.record(number), count: nil, channels: 1)
    }
    // Input, output, forget and cell gate, as ONNX has them; here they are numbered input, forget, cell, output.
    for gate in [0, 3, 1, 2] {
      weights.input += try numbers(1 + gate)
      weights.recurrent += try numbers(20 + gate)
      if try options.flag(20) { weights.bias += try numbers(40 + gate) }
    }
    if try options.flag(30) {
      let hidden = weights.recurrent.count / 4
      let cells = Int(Double(hidden).squareRoot())
      if weights.bias.isEmpty { weights.bias = Array(repeating: 0, count: 4 * cells) }
      for cell in 0..<cells where 2 * cells + cell < weights.bias.count {
        weights.bias[2 * cells + cell] += 1
      }
    }
    if try options.flag(40) {
      for gate in [0, 2, 1] { weights.peepholes += try numbers(60 + gate) }
    }
    return weights
  }

  private func run(
    _ op: String, _ layer: NeuralNetworkLayer, _ weights: [RecurrentWeights], activations: [String],
    isReverse: Bool,
    wholeSequence: Bool
  ) throws(ModelFormatError) {
    let hidden = try layer.parameters.integer(2)
    let x = try blob(layer)
    let extents = try shape(x)
    // Blobs of the older kind have the sequence first and one batch; others have five axes.
    let isOld = extents.count == 4
    guard isOld || extents.count == 5 || extents.count == 3 else {
      throw malformed("\(extents.count) axes", expected: "sequence, batch and channels")
    }
    let sequence = extents[0]
    let batch = isOld ? 1 : extents[1]
    let width = extents.dropFirst(isOld ? 1 : 2).reduce(1, *)
    var states: [String?] = [nil, nil]
    let directions = weights.count
    // States are given as one a direction: hidden, cell, hidden backward, cell backward.
    let given = layer.inputs.count - 1
    let kinds = op == "LSTM" ? 2 : 1
    if given > 0 {
      guard given == kinds * directions else {
        throw malformed("\(given) states", expected: "\(kinds * directions)")
      }
      for kind in 0..<kinds {
        var parts: [String] = []
        for direction in 0..<directions {
          parts.append(try reshaped(try blob(layer, 1 + direction * kinds + kind), [batch, hidden]))
        }
        states[kind] =
          parts.count == 1 ? parts[0] : try node("Concat", parts, nil, ["axis": ONNXAttribute(integer: 1)])
      }
    }
    let names = [freshName("sequence"), freshName("state"), freshName("cell")].prefix(1 + kinds)
    try recurrent(
      op, try reshaped(x, [sequence, batch, width]), weights, hidden: hidden, isReverse: isReverse,
      activations: activations, state: states[0], cell: states[1], wholeSequence: wholeSequence,
      outputs: Array(names))
    let trailing = extents.count == 3 ? [] : [1, 1]
    func blobShape(_ steps: Int, _ cells: Int) -> [Int] {
      (isOld ? [steps] : [steps, batch]) + [cells] + trailing
    }
    try set(layer, try reshaped(names[0], blobShape(wholeSequence ? sequence : 1, directions * hidden)))
    var position = 1
    for direction in 0..<directions {
      for kind in 0..<kinds {
        let own = try slice(
          names[1 + kind], starts: [direction * hidden], ends: [(direction + 1) * hidden], axes: [1],
          steps: [1])
        try set(layer, try reshaped(own, blobShape(1, hidden)), position)
        position += 1
      }
    }
  }
}
