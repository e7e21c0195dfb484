import Graph

// Matrix products and attention.

extension NcnnConverter {
  mutating func innerProduct(_ layer: NcnnLayer) throws(NcnnError) {
    try product(
      layer, outputs: try layer.extent(0, default: 0, in: 1...Shape.largestExtent),
      hasBias: try layer.flag(1),
      try layer.integer(2, default: 0))
  }

  /// A product with a matrix of `outputs` rows: of each row of a matrix, else of all elements in ncnn's order.
  mutating func product(
    _ layer: NcnnLayer, outputs: Int, hasBias: Bool, _ weightCount: Int
  ) throws(NcnnError) {
    guard weightCount > 0, weightCount % outputs == 0 else {
      throw NcnnError(
        place: layer.place, found: "\(weightCount) weights", expected: "a multiple of \(outputs) outputs")
    }
    let blob = try bottom(layer)
    let columns = weightCount / outputs
    let isByRow = blob.dimensions.count == 2 && blob.dimensions[1] == columns
    var x = try plain(blob, layer)
    x = try reshaped(x, isByRow ? Shape(blob.dimensions) : [1, blob.dimensions.reduce(1, *)], layer)
    let kernel = try matrix(layer, "kernel", rows: outputs, columns: columns)
    let bias = hasBias ? try biases(layer, outputs) : nil
    let term = try layer.integer(8, default: 0)
    let scales =
      term == 0
      ? nil : try int8Scales(layer, weightScales: outputs, outputs: outputs, hasOutput: term > 100)
    let operands = [try quantized(x, scales, layer), try widened(kernel, scales, axis: 0, layer)]
    var result = try emit(
      .fullyConnected(activation: .none, keepsLeadingAxes: true), operands + (bias.map { [$0] } ?? []), layer)
    result = try requantized(try activation(result, layer), scales, layer)
    let dimensions = isByRow ? [blob.dimensions[0], outputs] : [outputs]
    try finish(
      layer,
      NcnnBlob(id: try reshaped(result, Shape(dimensions), layer), dimensions: dimensions, layout: .plain))
  }

  /// alpha * (A * B + beta * C), each of A, B and C a constant or an input.
  mutating func gemm(_ layer: NcnnLayer) throws(NcnnError) {
    for (id, what) in [
      (11, "an output of one column a channel"), (14, "a transposed output"), (18, "int8 products"),
    ]
    where try layer.flag(id) {
      throw NcnnError(place: layer.place, found: "asks for \(what)")
    }
    func extent(_ id: Int) throws(NcnnError) -> Int {
      try layer.extent(id, default: 0, in: 1...Shape.largestExtent)
    }
    let (transposeA, transposeB) = (try layer.flag(2), try layer.flag(3))
    var next = 0
    func operand(
      _ flag: Int, _ role: String, _ rows: Int, _ columns: Int, isTransposed: Bool
    ) throws(NcnnError) -> TensorID {
      if try layer.flag(flag) {
        let (rows, columns) = (try extent(rows), try extent(columns))
        let id = try matrix(
          layer, role, rows: isTransposed ? columns : rows, columns: isTransposed ? rows : columns)
        return try widened(id, nil, axis: 0, layer)
      }
      defer { next += 1 }
      return try plain(try bottom(layer, next), layer)
    }
    let a = try operand(4, "a", 7, 9, isTransposed: transposeA)
    let b = try operand(5, "b", 9, 8, isTransposed: transposeB)
    let (alpha, beta) = (try layer.number(0, default: 1), try layer.number(1, default: 1))
    let addend = try gemmAddend(layer, &next)
    let isLayer = try layer.flag(5) && transposeB && !transposeA
    var result: TensorID
    if isLayer, let addend, alpha == 1, beta == 1, shape(addend).rank == 1 {
      result = try emit(.fullyConnected(activation: .none, keepsLeadingAxes: true), [a, b, addend], layer)
    } else {
      result =
        isLayer
        ? try emit(.fullyConnected(activation: .none, keepsLeadingAxes: true), [a, b], layer)
        : try emit(.matMul(transposeA: transposeA, transposeB: transposeB), [a, b], layer)
      if let addend {
        let scaled = try multiplied(addend, by: beta, layer)
        result = try emit(.binary(.add, activation: .none), [result, scaled], layer)
      }
      result = try multiplied(result, by: alpha, layer)
    }
    try finish(layer, NcnnBlob(id: result, dimensions: shape(result).dimensions, layout: .plain))
  }

  private mutating func gemmAddend(_ layer: NcnnLayer, _ next: inout Int) throws(NcnnError) -> TensorID? {
    guard try layer.flag(6) else {
      guard layer.bottoms.indices.contains(next) else { return nil }
      return try plain(try bottom(layer, next), layer)
    }
    let rows = try layer.extent(7, default: 0, in: 0...Shape.largestExtent)
    let columns = try layer.extent(8, default: 0, in: 0...Shape.largestExtent)
    let kind = try layer.integer(10, default: 0)
    let shapes: [Int: Shape] = [0: [1], 1: [rows, 1], 2: [rows, 1], 3: [rows, columns], 4: [columns]]
    if kind == -1 { return nil }
    guard let shape = shapes[kind] else {
      throw NcnnError(place: layer.place, found: "parameter 10 is \(kind)", expected: "-1 to 4")
    }
    let stored = try weights.tagged(
      WeightRequest(
        name: "\(layer.name)/c", role: .bias, shape: shape, fanIn: 1, fanOut: 1, activation: .none),
      layer.place)
    let id = add(
      Tensor(name: "\(layer.name)/c", elementType: stored.type, shape: shape, constant: stored.data))
    return try widened(id, nil, axis: 0, layer)
  }

  mutating func multiplied(_ id: TensorID, by factor: Float, _ layer: NcnnLayer) throws(NcnnError) -> TensorID
  {
    guard factor != 1 else { return id }
    return try emit(
      .binary(.multiply, activation: .none), [id, constant(layer, "factor", [1], [factor])], layer)
  }

  mutating func matMul(_ layer: NcnnLayer) throws(NcnnError) {
    let (first, second) = (try bottom(layer, 0), try bottom(layer, 1))
    guard first.dimensions.count >= 2, second.dimensions.count >= 2 else {
      throw NcnnError(place: layer.place, found: "multiplies a vector")
    }
    let result = try emit(
      .matMul(transposeA: false, transposeB: try layer.flag(0)),
      [try plain(first, layer), try plain(second, layer)],
      layer)
    try finish(layer, NcnnBlob(id: result, dimensions: shape(result).dimensions, layout: .plain))
  }

  /// Scaled dot-product attention between rows of queries, keys and values, `[L, E]` each.
  mutating func multiHeadAttention(_ layer: NcnnLayer) throws(NcnnError) {
    guard try !layer.flag(5), try !layer.flag(18), try !layer.flag(7) else {
      throw NcnnError(place: layer.place, found: "has a mask, a cache or int8 products")
    }
    let embedding = try layer.extent(0, default: 0, in: 1...(1 << 16))
    let heads = try layer.extent(1, default: 1, in: 1...embedding)
    let weightCount = try layer.integer(2, default: 0)
    guard embedding % heads == 0, weightCount > 0, weightCount % embedding == 0 else {
      throw NcnnError(
        place: layer.place, found: "\(embedding) elements in \(heads) heads, \(weightCount) weights",
        expected: "multiples")
    }
    let depth = embedding / heads
    let widths = [
      weightCount / embedding, try layer.extent(3, default: embedding, in: 1...(1 << 16)),
      try layer.extent(4, default: embedding, in: 1...(1 << 16)),
    ]
    let scale = try layer.number(6, default: 1 / Float(depth).squareRoot())
    var parts: [TensorID] = []
    for (index, role) in ["query", "key", "value"].enumerated() {
      // One input serves as all three; two as query, and as key and value.
      let source = try bottom(layer, min(index, layer.bottoms.count - 1))
      guard source.dimensions.count == 2, source.dimensions[1] == widths[index] else {
        throw NcnnError(
          place: layer.place, found: "its \(role) is \(Shape(source.dimensions))",
          expected: "rows of \(widths[index])")
      }
      var x = try projected(
        try plain(source, layer), role, rows: embedding, columns: widths[index], layer)
      if index == 0 { x = try multiplied(x, by: scale, layer) }
      x = try reshaped(x, [source.dimensions[0], heads, depth], layer)
      parts.append(try emit(.transpose(permutation: [1, 0, 2]), [x], layer))
    }
    let scores = try emit(.matMul(transposeA: false, transposeB: true), [parts[0], parts[1]], layer)
    let shares = try emit(.softmax(axis: 2, beta: 1), [scores], layer)
    var x = try emit(.matMul(transposeA: false, transposeB: false), [shares, parts[2]], layer)
    x = try emit(.transpose(permutation: [1, 0, 2]), [x], layer)
    x = try reshaped(x, [shape(x)[0], embedding], layer)
    x = try projected(x, "output", rows: widths[0], columns: embedding, layer)
    try finish(layer, NcnnBlob(id: x, dimensions: shape(x).dimensions, layout: .plain))
  }

  private mutating func projected(
    _ x: TensorID, _ role: String, rows: Int, columns: Int, _ layer: NcnnLayer
  ) throws(NcnnError) -> TensorID {
    let kernel = try widened(try matrix(layer, role, rows: rows, columns: columns), nil, axis: 0, layer)
    let bias = try biases(layer, rows, role: "\(role)-bias")
    return try emit(.fullyConnected(activation: .none, keepsLeadingAxes: true), [x, kernel, bias], layer)
  }
}
