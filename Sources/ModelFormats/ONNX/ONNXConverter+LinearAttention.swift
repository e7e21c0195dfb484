import Graph

// Attention whose memory is a matrix instead of all keys, and the short convolution in front of it.

extension ONNXConverter {
  static let linearAttentions: [String: Handler] = [
    "CausalConvWithState": ONNXConverter.causalConvolution,
    "LinearAttention": ONNXConverter.linearAttention,
  ]

  /// A depthwise convolution over the past state and the input, of which the last columns are the next state.
  func causalConvolution(_ node: ONNXNode) throws(ModelFormatError) {
    let (x, weights) = (try written(node, 0), try written(node, 1))
    try requireRank(3...3, x, node)
    try requireRank(3...3, weights, node)
    let (own, taps) = (shape(x), shape(weights)[2])
    guard shape(weights) == [own[1], 1, taps] else {
      throw node.malformed("weights are \(shape(weights)) for \(own)", expected: "[\(own[1]), 1, taps]")
    }
    var padded = x
    if taps > 1 {
      let past: TensorID
      if let state = try optional(node, 3) {
        past = state
        padded = try apply(.concat(axis: 2, activation: .none), [past, x], node)
      } else {
        padded = try apply(
          .pad(before: [0, 0, taps - 1], after: [0, 0, 0], mode: .constant(0)), [x], node)
      }
      try bind(try slice(padded, axis: 2, from: own[2], count: taps - 1, node), node, output: 1)
    } else {
      try bind(
        constant([UInt8](), elementType(x), shape: [own[0], own[1], 0], node, "state"), node, output: 1)
    }
    // [N, C, L] as an image of one row, channels last.
    let last = try apply(.transpose(permutation: [0, 2, 1]), [padded], node)
    let image = try apply(.reshape, [last], node, shape: [own[0], 1, shape(padded)[2], own[1]])
    let filters = try permuted(weights, [1, 2, 0], node)
    let kernel = try apply(.reshape, [filters], node, shape: [1, 1, taps, own[1]])
    let bias = try optional(node, 2)
    var result = try apply(
      .depthwiseConv2d(Convolution(groups: own[1])), [image, kernel] + (bias.map { [$0] } ?? []), node)
    switch try node.string("activation", default: "none") {
    case "none": break
    case "silu", "swish": result = try apply(.unary(.silu), [result], node)
    case let other: throw node.malformed("activation '\(other)'", expected: "none, silu or swish")
    }
    let rows = try apply(.reshape, [result], node, shape: [own[0], own[2], own[1]])
    try emit(.transpose(permutation: [0, 2, 1]), [rows], node)
  }

  /// Unrolled over time: each step lets the state decay, corrects the value by what the state holds, adds key times value, and
  /// reads the state by the query.
  func linearAttention(_ node: ONNXNode) throws(ModelFormatError) {
    let heads = try node.integer("q_num_heads", default: 0)
    let keyHeads = try node.integer("kv_num_heads", default: 0)
    guard heads >= 1, keyHeads >= 1, heads % keyHeads == 0 else {
      throw node.malformed("\(heads) heads over \(keyHeads)", expected: "a multiple of 1 and more")
    }
    let type = elementType(try input(node, 0))
    /// In f32, as the state is kept.
    func wide(_ position: Int) throws(ModelFormatError) -> TensorID? {
      guard let id = try optional(node, position) else { return nil }
      return elementType(id) == .f32 ? id : try apply(.cast, [id], node, type: .f32)
    }
    guard let queries = try wide(0), let keys = try wide(1), let values = try wide(2) else {
      throw node.malformed("\(node.inputs.count) inputs", expected: "query, key and value")
    }
    let (q, k, v) = (
      try splitHeads(queries, heads, node), try splitHeads(keys, keyHeads, node),
      try splitHeads(values, keyHeads, node)
    )
    let (batch, steps, depth, width) = (shape(q)[0], shape(q)[2], shape(q)[3], shape(v)[3])
    guard steps <= 1 << 12 else { throw node.unsupported("goes over \(steps) steps") }
    let rule = try node.string("update_rule", default: "gated_delta")
    /// `[N, L, heads * D]` as `[N, heads, L, D]`, with one number a head or one for all.
    func perStep(_ position: Int, _ isRead: Bool) throws(ModelFormatError) -> TensorID? {
      guard isRead, let id = try wide(position) else { return nil }
      let own = shape(id)
      return try splitHeads(id, own.rank == 3 && own[2] == 1 ? 1 : keyHeads, node)
    }
    let decay = try perStep(4, rule.contains("gated"))
    let beta = try perStep(5, rule.contains("delta"))
    let scale = try node.float("scale", default: 0)
    var state =
      try wide(3)
      ?? constant(
        Array(repeating: Float(0), count: batch * keyHeads * depth * width), .f32,
        shape: [batch, keyHeads, depth, width], node, "state")
    func binary(_ binary: Binary, _ a: TensorID, _ b: TensorID) throws(ModelFormatError) -> TensorID {
      try apply(.binary(binary, activation: .none), [a, b], node)
    }
    /// `[N, heads, 1, D]` of step `step`.
    func row(_ x: TensorID, _ step: Int) throws(ModelFormatError) -> TensorID {
      try slice(x, axis: 2, from: step, count: 1, node)
    }
    var rows: [TensorID] = []
    for step in 0..<steps {
      if let decay {
        let factor = try apply(.unary(.exp), [try row(decay, step)], node)
        // Along the state's keys.
        let own = shape(factor)
        state = try binary(
          .multiply, state, try apply(.reshape, [factor], node, shape: [own[0], own[1], own[3], 1]))
      }
      let key = try row(k, step)
      var value = try row(v, step)
      if let beta {
        let held = try apply(.matMul(transposeA: false, transposeB: false), [key, state], node)
        value = try binary(.multiply, try binary(.subtract, value, held), try row(beta, step))
      }
      state = try binary(
        .add, state, try apply(.matMul(transposeA: true, transposeB: false), [key, value], node))
      let query = try apply(
        .reshape, [try row(q, step)], node, shape: [batch, keyHeads, heads / keyHeads, depth])
      let read = try apply(.matMul(transposeA: false, transposeB: false), [query, state], node)
      rows.append(try apply(.reshape, [read], node, shape: [batch, 1, heads * width]))
    }
    let all = rows.count == 1 ? rows[0] : try apply(.concat(axis: 1, activation: .none), rows, node)
    let scaled = try times(all, scale == 0 ? 1 / Double(depth).squareRoot() : Double(scale), node)
    try bind(type == .f32 ? scaled : try apply(.cast, [scaled], node, type: type), node)
    let stateType = node.has(3) ? elementType(try input(node, 3)) : type
    try bind(stateType == .f32 ? state : try apply(.cast, [state], node, type: stateType), node, output: 1)
  }
}
