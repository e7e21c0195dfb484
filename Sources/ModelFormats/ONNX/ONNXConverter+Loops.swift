import Graph

// Loops, unrolled while the model is read: their bodies are converted once a round.

extension ONNXConverter {
  static let loops: [String: Handler] = [
    "Loop": ONNXConverter.loop,
    "Scan": ONNXConverter.scan,
  ]

  private static let mostRounds = 1 << 12

  func loop(_ node: ONNXNode) throws(ModelFormatError) {
    let body = try node.graph("body")
    let limit = node.has(0) ? try integer(node, 0) : .max
    var carried: [ONNXBinding] = []
    for position in 2..<max(2, node.inputs.count) {
      carried.append(try value(named: node.inputs[position], node.place))
    }
    var goesOn: TensorID? = node.has(1) ? try input(node, 1) : nil
    let stackCount = body.outputs.count - 1 - carried.count
    guard stackCount >= 0 else {
      throw node.malformed(
        "a body of \(body.outputs.count) outputs", expected: "\(carried.count + 1) and more")
    }
    var stacks: [[TensorID]] = Array(repeating: [], count: stackCount)
    var round = 0
    while round < limit, try goesOn.map({ (id) throws(ModelFormatError) in try holds(id, node) }) ?? true {
      guard round < Self.mostRounds else {
        throw node.unsupported("loops more than \(Self.mostRounds) times")
      }
      let number = constant([Int64(round)], .i64, shape: .scalar, node, "round")
      let state = goesOn ?? constant([UInt8(1)], .bool, shape: .scalar, node, "condition")
      let results = try convertValues(
        body, of: node, inputs: [.tensor(number), .tensor(state)] + carried)
      guard case .tensor(let next)? = results.first else {
        throw node.malformed("a body whose first output is no condition", expected: "a boolean")
      }
      goesOn = next
      carried = Array(results[1...carried.count])
      for (index, result) in results.dropFirst(1 + carried.count).enumerated() {
        guard case .tensor(let id) = result else { throw node.unsupported("stacks sequences") }
        stacks[index].append(id)
      }
      round += 1
    }
    for (position, value) in carried.enumerated() where node.makes(position) {
      try bind(value, to: node.outputs[position], node.place)
    }
    for (index, stack) in stacks.enumerated() where node.makes(carried.count + index) {
      guard !stack.isEmpty else { throw node.unsupported("stacks the results of no round") }
      try bind(try joined(stack, axis: 0, addsAxis: true, node), node, output: carried.count + index)
    }
  }

  private func holds(_ condition: TensorID, _ node: ONNXNode) throws(ModelFormatError) -> Bool {
    try value(of: condition, node).elements(as: UInt8.self).first ?? 0 != 0
  }

  /// The inputs and results of a scan's body, and along which axes and in which direction they run.
  private struct Scanned {
    var axes: [Int]
    var isReversed: [Bool]
  }

  func scan(_ node: ONNXNode) throws(ModelFormatError) {
    let body = try node.graph("body")
    let inputCount = try node.integer("num_scan_inputs", default: 0)
    // Until opset 8 the lengths came first, and a batch axis before the others.
    let first = node.opset < 9 ? 1 : 0
    let stateCount = node.inputs.count - first - inputCount
    guard inputCount >= 1, stateCount >= 0, body.outputs.count >= stateCount else {
      throw node.malformed("\(inputCount) inputs to scan of \(node.inputs.count)", expected: "1 and more")
    }
    if first == 1, node.has(0) { throw node.unsupported("scans rows of different lengths") }
    var states: [TensorID] = []
    var inputs: [TensorID] = []
    for position in first..<node.inputs.count {
      let id = try written(node, position)
      if position < first + stateCount { states.append(id) } else { inputs.append(id) }
    }
    let outputCount = body.outputs.count - stateCount
    func scanned(_ axes: String, _ directions: String, count: Int) throws(ModelFormatError) -> Scanned {
      let places = try node.integers(axes) ?? Array(repeating: 0, count: count)
      let ways = try node.integers(directions) ?? Array(repeating: 0, count: count)
      guard places.count == count, ways.count == count else {
        throw node.malformed("\(places.count) axes, \(ways.count) directions", expected: "\(count) each")
      }
      return Scanned(axes: places, isReversed: ways.map { $0 != 0 })
    }
    guard node.opset < 9 else {
      let results = try scan(
        body, states, inputs,
        from: try scanned("scan_input_axes", "scan_input_directions", count: inputCount),
        to: try scanned("scan_output_axes", "scan_output_directions", count: outputCount), node)
      for (position, id) in results.enumerated() { try bind(id, node, output: position) }
      return
    }
    var batches: [[TensorID]] = []
    let reading = try scanned("axes", "directions", count: inputCount)
    let writing = Scanned(
      axes: Array(repeating: 0, count: outputCount), isReversed: Array(repeating: false, count: outputCount))
    guard let batch = inputs.first.map({ shape($0).dimensions.first ?? 0 }), batch >= 1,
      batch <= Self.mostRounds,
      (states + inputs).allSatisfy({ shape($0).dimensions.first == batch })
    else { throw node.malformed("inputs of different batches", expected: "the same batch as first axis") }
    for index in 0..<batch {
      func row(_ id: TensorID) throws(ModelFormatError) -> TensorID {
        try dropping(0, of: try slice(id, axis: 0, from: index, count: 1, node), node)
      }
      var (ownStates, ownInputs): ([TensorID], [TensorID]) = ([], [])
      for id in states { ownStates.append(try row(id)) }
      for id in inputs { ownInputs.append(try row(id)) }
      batches.append(try scan(body, ownStates, ownInputs, from: reading, to: writing, node))
    }
    for position in 0..<body.outputs.count {
      try bind(
        try joined(batches.map { $0[position] }, axis: 0, addsAxis: true, node), node, output: position)
    }
  }

  /// The states after the last round, then what the rounds made, side by side.
  private func scan(
    _ body: ONNXGraph, _ states: [TensorID], _ inputs: [TensorID], from reading: Scanned, to writing: Scanned,
    _ node: ONNXNode
  ) throws(ModelFormatError) -> [TensorID] {
    var axes: [Int] = []
    for (id, axis) in zip(inputs, reading.axes) {
      axes.append(try self.axis(axis, rank: shape(id).rank, node))
    }
    let lengths = Set(zip(inputs, axes).map { shape($0)[$1] })
    guard lengths.count == 1, let length = lengths.first, length <= Self.mostRounds else {
      throw node.unsupported("scans \(lengths.sorted()) elements")
    }
    var states = states
    var stacks: [[TensorID]] = Array(repeating: [], count: writing.axes.count)
    for round in 0..<length {
      var values = states.map { ONNXBinding.tensor($0) }
      for (index, id) in inputs.enumerated() {
        let place = reading.isReversed[index] ? length - 1 - round : round
        let row = try slice(id, axis: axes[index], from: place, count: 1, node)
        values.append(.tensor(try dropping(axes[index], of: row, node)))
      }
      var results: [TensorID] = []
      for result in try convertValues(body, of: node, inputs: values) {
        guard case .tensor(let id) = result else { throw node.unsupported("scans sequences") }
        results.append(id)
      }
      states = Array(results[..<states.count])
      for (index, id) in results.dropFirst(states.count).enumerated() { stacks[index].append(id) }
    }
    var outputs = states
    for (index, stack) in stacks.enumerated() {
      outputs.append(
        try joined(
          writing.isReversed[index] ? stack.reversed() : stack, axis: writing.axes[index], addsAxis: true,
          node))
    }
    return outputs
  }
}
