import Graph

// Attention and what comes with it.

extension ONNXConverter {
  static let attentions: [String: Handler] = [
    "Attention": ONNXConverter.attention,
    "RotaryEmbedding": ONNXConverter.rotaryEmbedding,
  ]

  func attention(_ node: ONNXNode) throws(ModelFormatError) {
    var (q, k, v) = (try written(node, 0), try written(node, 1), try written(node, 2))
    let isFlat = shape(q).rank == 3
    let heads =
      isFlat ? try node.integer("q_num_heads", default: 0) : shape(q).dimensions.dropFirst().first ?? 0
    let keyHeads =
      isFlat ? try node.integer("kv_num_heads", default: 0) : shape(k).dimensions.dropFirst().first ?? 0
    guard heads >= 1, keyHeads >= 1, shape(q).rank == shape(k).rank, shape(k).rank == shape(v).rank else {
      throw node.malformed(
        "q is \(shape(q)), k is \(shape(k)), \(heads) heads over \(keyHeads)", expected: "1 and more")
    }
    let showsScores = node.makes(3)
    if isFlat, node.has(4) || node.makes(1) || node.makes(2) || showsScores {
      q = try splitHeads(q, heads, node)
      k = try splitHeads(k, keyHeads, node)
      v = try splitHeads(v, keyHeads, node)
    }
    var past = 0
    if node.has(4), node.has(5) {
      let (pastKeys, pastValues) = (try written(node, 4), try written(node, 5))
      try requireRank(4...4, pastKeys, node)
      past = shape(pastKeys)[2]
      if past > 0 {
        k = try apply(.concat(axis: 2, activation: .none), [pastKeys, k], node)
        v = try apply(.concat(axis: 2, activation: .none), [pastValues, v], node)
      }
    }
    try bind(k, node, output: 1)
    try bind(v, node, output: 2)
    func bound(_ name: String) throws(ModelFormatError) -> Int? {
      let value = try node.integer(name, default: -1)
      return value < 0 ? nil : value
    }
    let softcap = try node.float("softcap", default: 0)
    var attention = Attention(
      heads: heads, keyHeads: keyHeads, scale: try node.float("scale"), softcap: softcap > 0 ? softcap : nil,
      isCausal: try node.flag("is_causal", default: false), left: try bound("left_window_size"),
      right: try bound("right_window_size"), offset: past)
    guard let extents = AttentionExtents(attention, q: shape(q), k: shape(k), v: shape(v)) else {
      throw node.malformed(
        "q is \(shape(q)), k is \(shape(k)), v is \(shape(v))",
        expected: "shapes that fit \(heads) heads over \(keyHeads)")
    }
    attention.scale = attention.scale ?? 1 / Float(extents.depth).squareRoot()
    let mask = try attentionMask(node, keys: extents.keys)
    var lengths: TensorID?
    if node.has(6) { lengths = try apply(.cast, [try written(node, 6)], node, type: .i32) }
    var inputs: [TensorID?] = [q, k, v, mask, lengths]
    while let last = inputs.last, last == nil { inputs.removeLast() }
    if isFlat, shape(q).rank == 4 {
      let result = try apply(.attention(attention), inputs, node)
      try bind(try joinHeads(result, node), node)
    } else {
      try emit(.attention(attention), inputs, node)
    }
    if showsScores { try emitScores(attention, extents, q: q, k: k, mask: mask, lengths: lengths, node) }
  }

  /// The mask, continued over keys that it leaves out: they are not seen.
  private func attentionMask(_ node: ONNXNode, keys: Int) throws(ModelFormatError) -> TensorID? {
    guard let mask = try optional(node, 3) else { return nil }
    let own = shape(mask)
    guard let last = own.dimensions.last, last < keys, last != 1 || keys == 1 || own.rank > 1 else {
      return mask
    }
    var after = Array(repeating: 0, count: own.rank)
    after[own.rank - 1] = keys - last
    let hidden: Float = elementType(mask) == .bool ? 0 : -.infinity
    return try apply(
      .pad(before: Array(repeating: 0, count: own.rank), after: after, mode: .constant(hidden)), [mask], node)
  }

  /// `[N, L, heads * D]` as `[N, heads, L, D]`.
  func splitHeads(_ x: TensorID, _ heads: Int, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    let own = shape(x)
    guard own.rank == 3, heads >= 1, own[2] % heads == 0 else {
      throw node.malformed(
        "\(own) for \(heads) heads", expected: "a multiple of the heads along the last axis")
    }
    let split = try apply(.reshape, [x], node, shape: [own[0], own[1], heads, own[2] / heads])
    return try apply(.transpose(permutation: [0, 2, 1, 3]), [split], node)
  }

  /// `[N, heads, L, D]` as `[N, L, heads * D]`.
  func joinHeads(_ x: TensorID, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    let own = shape(x)
    let moved = try apply(.transpose(permutation: [0, 2, 1, 3]), [x], node)
    return try apply(.reshape, [moved], node, shape: [own[0], own[2], own[1] * own[3]])
  }

  /// The whole matrix of scores as output 3, at the stage that the node asks for: what the fused operator never has.
  private func emitScores(
    _ attention: Attention, _ extents: AttentionExtents, q: TensorID, k: TensorID, mask: TensorID?,
    lengths: TensorID?, _ node: ONNXNode
  ) throws(ModelFormatError) {
    let mode = try node.integer("qk_matmul_output_mode", default: 0)
    let (batch, queries, keys) = (extents.batch, extents.queries, extents.keys)
    let sharing = attention.heads / attention.keyHeads
    let grouped = try apply(
      .reshape, [q], node, shape: [batch, attention.keyHeads, sharing, queries, extents.depth])
    let shared = try apply(.reshape, [k], node, shape: [batch, attention.keyHeads, 1, keys, extents.depth])
    let product = try apply(.matMul(transposeA: false, transposeB: true), [grouped, shared], node)
    var scores = try apply(.reshape, [product], node, shape: [batch, attention.heads, queries, keys])
    scores = try times(scores, Double(attention.scale ?? 1), node)
    if mode == 0 { return try bind(scores, node, output: 3) }
    if let cap = attention.softcap {
      let bounded = try apply(.unary(.tanh), [try times(scores, 1 / Double(cap), node)], node)
      scores = try times(bounded, Double(cap), node)
    }
    if mode == 1 { return try bind(scores, node, output: 3) }
    let bias = try attentionBias(attention, extents, mask: mask, lengths: lengths, like: scores, node)
    if let bias { scores = try apply(.binary(.add, activation: .none), [scores, bias], node) }
    if mode == 2 { return try bind(scores, node, output: 3) }
    var weights = try apply(.softmax(axis: 3, beta: 1), [scores], node)
    if let bias {
      let rank = shape(bias).rank
      let most = try apply(.reduce(.maximum, axes: [rank - 1], keepsDimensions: true), [bias], node)
      let hidden = try scalar(-.infinity, like: scores, node)
      let isHidden = try apply(.binary(.equal, activation: .none), [most, hidden], node, type: .bool)
      weights = try apply(
        .select, [isHidden, try scalar(0, like: scores, node), weights], node, shape: shape(scores))
    }
    try bind(weights, node, output: 3)
  }

  /// What is added to the scores: 0 or the mask where a key is seen, minus infinity where not; `nil` where all are.
  private func attentionBias(
    _ attention: Attention, _ extents: AttentionExtents, mask: TensorID?, lengths: TensorID?,
    like scores: TensorID,
    _ node: ONNXNode
  ) throws(ModelFormatError) -> TensorID? {
    let (seen, unseen) = (try scalar(0, like: scores, node), try scalar(-.infinity, like: scores, node))
    var biases: [TensorID] = []
    if let mask {
      biases.append(
        elementType(mask) == .bool
          ? try apply(.select, [mask, seen, unseen], node, type: elementType(scores)) : mask)
    }
    // Whether `distance` is at most 0, or, with lengths, at most the length of the row.
    func add(_ distance: (Int, Int) -> Int, relativeToLengths: Bool) throws(ModelFormatError) {
      var distances: [Int32] = []
      for query in 0..<extents.queries {
        for key in 0..<extents.keys { distances.append(Int32(clamping: distance(query, key))) }
      }
      let table = constant(distances, .i32, shape: [extents.queries, extents.keys], node, "distances")
      var bound = constant([Int32(0)], .i32, shape: [1, 1], node, "bound")
      if relativeToLengths, let lengths {
        bound = try apply(.reshape, [lengths], node, shape: [extents.batch, 1, 1, 1])
      }
      let isSeen = try apply(.binary(.lessEqual, activation: .none), [table, bound], node, type: .bool)
      biases.append(try apply(.select, [isSeen, seen, unseen], node, type: elementType(scores)))
    }
    let offset = lengths == nil ? attention.offset : -extents.queries
    if attention.isCausal { try add({ $1 - $0 - offset }, relativeToLengths: lengths != nil) }
    if let right = attention.right {
      try add({ $1 - $0 - offset - right }, relativeToLengths: lengths != nil)
    }
    if let left = attention.left {
      guard lengths == nil else { throw node.unsupported("shows the scores of a window with lengths") }
      try add({ $0 + offset - $1 - left }, relativeToLengths: false)
    }
    if lengths != nil { try add({ $1 + 1 }, relativeToLengths: true) }
    var sum: TensorID?
    for bias in biases {
      sum =
        try sum.map { (sum) throws(ModelFormatError) in
          try apply(.binary(.add, activation: .none), [sum, bias], node)
        } ?? bias
    }
    return sum
  }

  func times(_ x: TensorID, _ factor: Double, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    try apply(.binary(.multiply, activation: .none), [x, try scalar(factor, like: x, node)], node)
  }

  // MARK: Positions

  func rotaryEmbedding(_ node: ONNXNode) throws(ModelFormatError) {
    var x = try written(node, 0)
    let isFlat = shape(x).rank == 3
    if isFlat {
      // [N, L, heads, D]
      let (own, heads) = (shape(x), try node.integer("num_heads", default: 0))
      guard heads >= 1, own[2] % heads == 0 else {
        throw node.malformed("\(own) for \(heads) heads", expected: "num_heads that divides the last axis")
      }
      x = try apply(.reshape, [x], node, shape: [own[0], own[1], heads, own[2] / heads])
    } else {
      try requireRank(4...4, x, node)
    }
    let own = shape(x)
    let given = try node.integer("rotary_embedding_dim", default: 0)
    let rotated = given == 0 ? own[3] : given
    guard (1...own[3]).contains(rotated), rotated % 2 == 0 else {
      throw node.malformed("\(rotated) of \(own[3]) elements", expected: "an even number of them")
    }
    func angles(_ position: Int) throws(ModelFormatError) -> TensorID {
      var table = try written(node, position)
      if let positions = try optional(node, 3) {
        table = try apply(.gather(axis: 0), [table, positions], node)
      }
      let rows = shape(table)
      guard rows.rank == 3, rows[2] == rotated / 2 else {
        throw node.malformed("a table of \(rows)", expected: "\(rotated / 2) angles for each position")
      }
      return try apply(
        .reshape, [table], node,
        shape: isFlat ? [rows[0], rows[1], 1, rows[2]] : [rows[0], 1, rows[1], rows[2]])
    }
    let (cosines, sines) = (try angles(1), try angles(2))
    let isInterleaved = try node.flag("interleaved", default: false)
    let joined = try self.rotated(x, cosines, sines, isInterleaved: isInterleaved, node)
    guard isFlat else { return try bind(joined, node) }
    try emit(.reshape, [joined], node, shape: [own[0], own[1], own[2] * own[3]])
  }

  /// The first elements along the last of four axes rotated in pairs, as many as there are angles; the rest as they are.
  ///
  /// - Parameters:
  ///   - cosines: Of each pair's angle; broadcasts to the half of `x` that pairs are made of.
  ///   - isInterleaved: Whether a pair is two neighbours, not one of each half.
  func rotated(
    _ x: TensorID, _ cosines: TensorID, _ sines: TensorID, isInterleaved: Bool, _ node: ONNXNode
  ) throws(ModelFormatError) -> TensorID {
    let own = shape(x)
    let rotated = 2 * (shape(cosines).dimensions.last ?? 0)
    guard own.rank == 4, (1...own[3]).contains(rotated) else {
      throw node.malformed("\(rotated) of \(own) to rotate", expected: "at most the last axis")
    }
    func half(_ index: Int) throws(ModelFormatError) -> TensorID {
      try apply(
        .slice(
          begin: [0, 0, 0, isInterleaved ? index : index * rotated / 2],
          strides: [1, 1, 1, isInterleaved ? 2 : 1]), [x], node, shape: [own[0], own[1], own[2], rotated / 2])
    }
    let (first, second) = (try half(0), try half(1))
    func product(_ a: TensorID, _ b: TensorID) throws(ModelFormatError) -> TensorID {
      try apply(.binary(.multiply, activation: .none), [a, b], node)
    }
    var parts = [
      try apply(
        .binary(.subtract, activation: .none), [try product(first, cosines), try product(second, sines)], node
      ),
      try apply(
        .binary(.add, activation: .none), [try product(first, sines), try product(second, cosines)], node),
    ]
    if isInterleaved {
      var columns: [TensorID?] = []
      for part in parts {
        columns.append(try apply(.reshape, [part], node, shape: [own[0], own[1], own[2], rotated / 2, 1]))
      }
      let pairs = try apply(.concat(axis: 4, activation: .none), columns, node)
      parts = [try apply(.reshape, [pairs], node, shape: [own[0], own[1], own[2], rotated])]
    }
    if rotated < own[3] {
      parts.append(
        try apply(
          .slice(begin: [0, 0, 0, rotated], strides: [1, 1, 1, 1]), [x], node,
          shape: [own[0], own[1], own[2], own[3] - rotated]))
    }
    return parts.count == 1 ? parts[0] : try apply(.concat(axis: 3, activation: .none), parts, node)
  }
}
