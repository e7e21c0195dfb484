import Graph

// Attention as ONNX Runtime's optimizer and its exporters of language models write it.

extension ONNXConverter {
  static let contributedAttentions: [String: Handler] = [
    "com.microsoft.Attention": ONNXConverter.selfAttention,
    "com.microsoft.GroupQueryAttention": ONNXConverter.groupQueryAttention,
    "com.microsoft.MultiHeadAttention": ONNXConverter.multiHeadAttention,
    "com.microsoft.QAttention": ONNXConverter.quantizedSelfAttention,
    "com.microsoft.RotaryEmbedding": ONNXConverter.contributedRotaryEmbedding,
  ]

  // MARK: Attention with the projections of its input

  /// x `[N, L, I]`, weights `[I, Q + K + V]`, their bias, a mask, past keys and values `[2, N, heads, P, D]`, a bias of scores.
  func selfAttention(_ node: ONNXNode) throws(ModelFormatError) {
    if try node.flag("do_rotary", default: false) { throw node.unsupported("rotates its queries and keys") }
    let projected = try product(try written(node, 0), try written(node, 1), node)
    try emitSelfAttention(projected, bias: 2, mask: 3, past: 4, scoresBias: 5, node)
  }

  /// The same of bytes: x, weights, bias, the scales of both, a mask, the zero points of both, past keys and values.
  func quantizedSelfAttention(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try centred(node, 0, zeroPoint: 6, axis: -2)
    let weights = try centred(node, 1, zeroPoint: 7, axis: -1)
    let scale = try apply(
      .binary(.multiply, activation: .none), [try written(node, 3), try written(node, 4)], node)
    let projected = try apply(
      .binary(.multiply, activation: .none), [try product(x, weights, node), scale], node)
    try emitSelfAttention(projected, bias: 2, mask: 5, past: 8, scoresBias: nil, node)
  }

  private func emitSelfAttention(
    _ projected: TensorID, bias: Int, mask: Int, past: Int, scoresBias: Int?, _ node: ONNXNode
  ) throws(ModelFormatError) {
    try requireRank(3...3, projected, node)
    var joined = projected
    if let bias = try optional(node, bias) {
      joined = try apply(.binary(.add, activation: .none), [joined, bias], node)
    }
    let width = shape(joined)[2]
    let widths = try node.integers("qkv_hidden_sizes") ?? Array(repeating: width / 3, count: 3)
    guard widths.count == 3, widths.allSatisfy({ $0 >= 1 }), widths.reduce(0, &+) == width,
      widths[0] == widths[1]
    else {
      throw node.malformed("parts of \(widths) in \(width) columns", expected: "three that fill them")
    }
    let heads = try node.integer("num_heads", default: 0)
    var parts: [TensorID] = []
    var first = 0
    for part in widths {
      let own = try columns(joined, first..<first + part, node)
      parts.append(try splitHeads(own, heads, node))
      first += part
    }
    var (k, v) = (parts[1], parts[2])
    var pastLength = 0
    if node.has(past) {
      let states = try written(node, past)
      try requireRank(5...5, states, node)
      pastLength = shape(states)[3]
      k = try joinedBehind(try plane(0, of: states, node), k, node)
      v = try joinedBehind(try plane(1, of: states, node), v, node)
    }
    let scores = try addedScores(
      node, mask: mask, bias: scoresBias, batch: shape(joined)[0], keys: shape(k)[2])
    let result = try attended(
      parts[0], k, v, heads: heads, keyHeads: heads, scores: scores, past: pastLength,
      isCausal: try node.flag("unidirectional", default: false), node)
    try bind(result, node)
    guard node.makes(1) else { return }
    var stacked: [TensorID?] = []
    for state in [k, v] {
      stacked.append(try apply(.reshape, [state], node, shape: Shape([1] + shape(state).dimensions)))
    }
    try emit(.concat(axis: 0, activation: .none), stacked, node, output: 1)
  }

  // MARK: Attention of projections

  /// q, k and v, each `[N, length, heads * D]`; keys and values may be `[N, heads, length, D]`.
  func multiHeadAttention(_ node: ONNXNode) throws(ModelFormatError) {
    let heads = try node.integer("num_heads", default: 0)
    var parts: [TensorID] = []
    for position in 0..<3 {
      let part = try written(node, position)
      // ONNX Runtime has no kernel for a processor with q, k and v joined.
      try requireRank(position == 0 ? 3...3 : 3...4, part, node)
      parts.append(part)
    }
    if let bias = try optional(node, 3) {
      var first = 0
      for (position, part) in parts.enumerated() where shape(part).rank == 3 {
        let width = shape(part)[2]
        let own = try columns(bias, first..<first + width, node)
        parts[position] = try apply(.binary(.add, activation: .none), [part, own], node)
        first += width
      }
    }
    for position in parts.indices where shape(parts[position]).rank == 3 {
      parts[position] = try splitHeads(parts[position], heads, node)
    }
    var (k, v) = (parts[1], parts[2])
    var past = 0
    if node.has(6), node.has(7) {
      let (pastKeys, pastValues) = (try written(node, 6), try written(node, 7))
      try requireRank(4...4, pastKeys, node)
      past = shape(pastKeys)[2]
      k = try joinedBehind(pastKeys, k, node)
      v = try joinedBehind(pastValues, v, node)
    }
    let scores = try addedScores(node, mask: 4, bias: 5, batch: shape(k)[0], keys: shape(k)[2])
    let result = try attended(
      parts[0], k, v, heads: heads, keyHeads: heads, scores: scores, past: past,
      isCausal: try node.flag("unidirectional", default: false), node)
    try bind(result, node)
    try bind(k, node, output: 1)
    try bind(v, node, output: 2)
    if node.makes(3) { throw node.unsupported("returns its scores") }
  }

  /// Groups of query heads over one key head, behind a cache of keys and values of which `seqlens_k` says how much is used.
  ///
  /// How much that is decides shapes: the graph is traced for it.
  func groupQueryAttention(_ node: ONNXNode) throws(ModelFormatError) {
    let heads = try node.integer("num_heads", default: 0)
    let keyHeads = try node.integer("kv_num_heads", default: 0)
    if try node.flag("smooth_softmax", default: false) { throw node.unsupported("smooths its softmax") }
    if node.has(11) { throw node.unsupported("has sinks of heads") }
    guard heads >= 1, keyHeads >= 1, heads % keyHeads == 0 else {
      throw node.malformed("\(heads) heads over \(keyHeads)", expected: "a multiple")
    }
    let query = try written(node, 0)
    try requireRank(3...3, query, node)
    var parts: [TensorID] = []
    if node.has(1) {
      parts = [query, try written(node, 1), try written(node, 2)]
    } else {
      let depth = shape(query)[2] / (heads + 2 * keyHeads)
      var first = 0
      for count in [heads, keyHeads, keyHeads] {
        parts.append(try columns(query, first..<first + count * depth, node))
        first += count * depth
      }
    }
    var q = try splitHeads(parts[0], heads, node)
    var k = try splitHeads(parts[1], keyHeads, node)
    var v = try splitHeads(parts[2], keyHeads, node)
    let length = shape(q)[2]
    let lengths = try integers(node, 5)
    let total = (lengths.first ?? 0) &+ 1
    guard lengths.allSatisfy({ $0 == lengths[0] }) else {
      throw node.unsupported("has rows of different lengths, \(lengths)")
    }
    let past = total - length
    guard past >= 0, past == 0 || node.has(3) else {
      throw node.malformed("\(total) keys for \(length) queries", expected: "\(length) and more")
    }
    if try node.flag("do_rotary", default: false) {
      let isInterleaved = try node.flag("rotary_interleaved", default: false)
      let (cosines, sines) = (try written(node, 7), try written(node, 8))
      var angles: [TensorID] = []
      for table in [cosines, sines] {
        try requireRank(2...2, table, node)
        let rows = shape(table)
        guard total <= rows[0] else {
          throw node.malformed("\(rows[0]) positions", expected: "\(total) and more")
        }
        let own =
          node.has(9)
          ? try apply(.gather(axis: 0), [table, try written(node, 9)], node)
          : try slice(table, axis: 0, from: past, count: length, node)
        let batch = shape(own).rank == 3 ? shape(own)[0] : 1
        angles.append(try apply(.reshape, [own], node, shape: [batch, 1, length, rows[1]]))
      }
      q = try rotated(q, angles[0], angles[1], isInterleaved: isInterleaved, node)
      k = try rotated(k, angles[0], angles[1], isInterleaved: isInterleaved, node)
    }
    var room = total
    if node.has(3), node.has(4) {
      for (position, isKey) in [(3, true), (4, false)] {
        let cache = try written(node, position)
        try requireRank(4...4, cache, node)
        let own = shape(cache)
        guard own[2] >= past else {
          throw node.malformed("a cache of \(own)", expected: "\(past) entries along axis 2")
        }
        room = max(room, own[2])
        if past == 0 { continue }
        let used = try slice(cache, axis: 2, from: 0, count: past, node)
        if isKey { k = try joinedBehind(used, k, node) } else { v = try joinedBehind(used, v, node) }
      }
    }
    for (position, state) in [(1, k), (2, v)] where node.makes(position) {
      // The cache keeps its room; what is behind the last key is 0.
      let whole =
        room == total
        ? state
        : try apply(
          .pad(before: [0, 0, 0, 0], after: [0, 0, room - total, 0], mode: .constant(0)), [state], node)
      try bind(whole, node, output: position)
    }
    let scores = try addedScores(node, mask: nil, bias: 10, batch: shape(k)[0], keys: total)
    let window = try node.integer("local_window_size", default: -1)
    let result = try attended(
      q, k, v, heads: heads, keyHeads: keyHeads, scores: scores, past: past, isCausal: true,
      left: window > 0 ? window - 1 : nil, softcap: try node.float("softcap", default: 0), node)
    try bind(result, node)
  }

  // MARK: Positions

  /// x, positions, tables of cosines and sines. One position is that of the first element of every row.
  func contributedRotaryEmbedding(_ node: ONNXNode) throws(ModelFormatError) {
    var x = try written(node, 0)
    let isFlat = shape(x).rank == 3
    let (cosines, sines) = (try written(node, 2), try written(node, 3))
    try requireRank(2...2, cosines, node)
    let given = try node.integer("rotary_embedding_dim", default: 0)
    if isFlat {
      var heads = try node.integer("num_heads", default: 0)
      if heads == 0, shape(cosines)[1] >= 1 { heads = shape(x)[2] / (2 * shape(cosines)[1]) }
      x = try splitHeads(x, heads, node)
    }
    try requireRank(4...4, x, node)
    guard given == 0 || given == 2 * shape(cosines)[1] else {
      throw node.malformed("\(given) elements to rotate", expected: "\(2 * shape(cosines)[1])")
    }
    let (batch, length) = (shape(x)[0], shape(x)[2])
    var positions = try written(node, 1)
    if shape(positions).elementCount == 1, length > 1 || shape(positions).rank != 2 {
      let steps = constant((0..<length).map { Int64($0) }, .i64, shape: [1, length], node, "steps")
      let wide = try apply(.cast, [positions], node, type: .i64)
      positions = try apply(.binary(.add, activation: .none), [steps, wide], node)
    }
    var angles: [TensorID] = []
    for table in [cosines, sines] {
      let rows = try apply(.gather(axis: 0), [table, positions], node)
      let own = shape(rows)
      guard own.rank == 3, own[0] == 1 || own[0] == batch, own[1] == length else {
        throw node.malformed("angles of \(own)", expected: "one row for each of \(length) positions")
      }
      angles.append(try apply(.reshape, [rows], node, shape: [own[0], 1, own[1], own[2]]))
    }
    let isInterleaved = try node.flag("interleaved", default: false)
    let result = try rotated(x, angles[0], angles[1], isInterleaved: isInterleaved, node)
    try bind(isFlat ? try joinHeads(result, node) : result, node)
  }

  // MARK: Parts

  /// q, k and v `[N, heads, length, D]` to `[N, length, heads * D]`.
  private func attended(
    _ q: TensorID, _ k: TensorID, _ v: TensorID, heads: Int, keyHeads: Int, scores: TensorID?, past: Int,
    isCausal: Bool, left: Int? = nil, softcap: Float = 0, _ node: ONNXNode
  ) throws(ModelFormatError) -> TensorID {
    var attention = Attention(
      heads: heads, keyHeads: keyHeads, scale: try node.float("scale"), softcap: softcap > 0 ? softcap : nil,
      isCausal: isCausal, left: left, right: nil, offset: past)
    guard let extents = AttentionExtents(attention, q: shape(q), k: shape(k), v: shape(v)) else {
      throw node.malformed(
        "q is \(shape(q)), k is \(shape(k)), v is \(shape(v))",
        expected: "shapes that fit \(heads) heads over \(keyHeads)")
    }
    if attention.scale == nil || attention.scale == 0 {
      attention.scale = 1 / Float(extents.depth).squareRoot()
    }
    let inputs = [q, k, v] + (scores.map { [$0] } ?? [])
    return try joinHeads(try apply(.attention(attention), inputs, node), node)
  }

  /// What is added to the scores: `mask_filter_value` where the mask hides a key, and the bias.
  ///
  /// - Parameters:
  ///   - mask: The input that is a number of keys for each row, or whether each key is seen: `[N]`, `[N, keys]`,
  ///     `[N, queries, keys]`.
  ///   - bias: The input that broadcasts to `[N, heads, queries, keys]`.
  private func addedScores(
    _ node: ONNXNode, mask: Int?, bias: Int?, batch: Int, keys: Int
  ) throws(ModelFormatError) -> TensorID? {
    var added: TensorID?
    if let bias { added = try optional(node, bias) }
    guard let mask, let mask = try optional(node, mask) else { return added }
    let own = shape(mask)
    let isHidden: TensorID
    switch (own.rank, own.dimensions.last) {
    case (1, batch):
      let places = constant((0..<keys).map { Int32($0) }, .i32, shape: [1, keys], node, "places")
      let lengths = try apply(.reshape, [mask], node, shape: [batch, 1])
      isHidden = try apply(
        .binary(.greaterEqual, activation: .none), [places, try apply(.cast, [lengths], node, type: .i32)],
        node, type: .bool)
    case (2, keys), (3, keys):
      isHidden = try apply(
        .binary(.equal, activation: .none), [mask, try scalar(0, like: mask, node)], node, type: .bool)
    default: throw node.unsupported("has a mask of \(own) for \(batch) rows of \(keys) keys")
    }
    let seen = constant([Float(0)], .f32, shape: .scalar, node, "seen")
    let hidden = constant(
      [try node.float("mask_filter_value", default: -10000)], .f32, shape: .scalar, node, "hidden")
    let masked = try apply(.select, [isHidden, hidden, seen], node, type: .f32)
    let rows = shape(masked)
    let scores = try apply(
      .reshape, [masked], node,
      shape: rows.rank == 3 ? [rows[0], 1, rows[1], rows[2]] : [rows[0], 1, 1, rows[1]])
    guard let added else { return scores }
    return try apply(.binary(.add, activation: .none), [scores, added], node)
  }

  /// Keys or values behind those of a cache, which may be empty.
  private func joinedBehind(_ past: TensorID, _ x: TensorID, _ node: ONNXNode) throws(ModelFormatError)
    -> TensorID
  {
    if shape(past).rank > 2, shape(past)[2] == 0 { return x }
    return try apply(.concat(axis: 2, activation: .none), [past, x], node)
  }

  /// Entry `index` along the first of five axes.
  private func plane(_ index: Int, of x: TensorID, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    try dropping(0, of: try slice(x, axis: 0, from: index, count: 1, node), node)
  }

  /// The elements `range` along the last axis.
  private func columns(_ x: TensorID, _ range: Range<Int>, _ node: ONNXNode) throws(ModelFormatError)
    -> TensorID
  {
    let dimensions = shape(x).dimensions
    guard let last = dimensions.last, range.upperBound <= last else {
      throw node.malformed("\(shape(x))", expected: "\(range.upperBound) along the last axis")
    }
    return try slice(x, axis: dimensions.count - 1, from: range.lowerBound, count: range.count, node)
  }
}
