import Graph

// Element by element: activations, unary and binary operators.

extension NcnnConverter {
  mutating func unary(_ layer: NcnnLayer, _ kind: Unary) throws(NcnnError) {
    var blob = try bottom(layer)
    blob.id = try emit(.unary(kind), [blob.id], layer)
    try finish(layer, blob)
  }

  mutating func unaryOp(_ layer: NcnnLayer) throws(NcnnError) {
    let kinds: [Unary?] = [
      .abs, .negate, .floor, .ceil, .square, .sqrt, .rsqrt, .exp, .log, .sin, .cos, nil, nil, nil, nil,
      .reciprocal, .tanh, nil, .round, nil,
    ]
    let kind = try layer.integer(0, default: 0)
    guard kinds.indices.contains(kind), let unary = kinds[kind] else {
      throw NcnnError(place: layer.place, found: "is unary operator \(kind)")
    }
    try self.unary(layer, unary)
  }

  mutating func relu(_ layer: NcnnLayer) throws(NcnnError) {
    let slope = try layer.number(0, default: 0)
    try unary(layer, slope == 0 ? .relu : .leakyRelu(alpha: slope))
  }

  mutating func hardSwish(_ layer: NcnnLayer) throws(NcnnError) {
    var blob = try bottom(layer)
    blob.id = try hardSwish(
      blob.id, alpha: try layer.number(0, default: 0.2), beta: try layer.number(1, default: 0.5), layer)
    try finish(layer, blob)
  }

  /// x * max(0, min(1, alpha * x + beta))
  private mutating func hardSwish(
    _ id: TensorID, alpha: Float, beta: Float, _ layer: NcnnLayer
  ) throws(NcnnError) -> TensorID {
    if abs(alpha - 1 / 6) < 1e-6, beta == 0.5 { return try emit(.unary(.hardSwish), [id], layer) }
    let gate = try emit(.unary(.hardSigmoid(alpha: alpha, beta: beta)), [id], layer)
    return try emit(.binary(.multiply, activation: .none), [id, gate], layer)
  }

  mutating func mish(_ layer: NcnnLayer) throws(NcnnError) {
    var blob = try bottom(layer)
    blob.id = try mish(blob.id, layer)
    try finish(layer, blob)
  }

  /// x * tanh(log(1 + exp(x)))
  private mutating func mish(_ id: TensorID, _ layer: NcnnLayer) throws(NcnnError) -> TensorID {
    let gate = try emit(.unary(.tanh), [try emit(.unary(.softplus), [id], layer)], layer)
    return try emit(.binary(.multiply, activation: .none), [id, gate], layer)
  }

  /// What a layer with weights does to its sums: parameters 9 and 10.
  mutating func activation(_ id: TensorID, _ layer: NcnnLayer) throws(NcnnError) -> TensorID {
    let parameters = try layer.numbers(10)
    func parameter(_ index: Int) throws(NcnnError) -> Float {
      guard parameters.indices.contains(index) else {
        throw NcnnError(
          place: layer.place, found: "\(parameters.count) activation parameters (parameter 10)",
          expected: "at least \(index + 1)")
      }
      return parameters[index]
    }
    switch try layer.integer(9, default: 0) {
    case 0: return id
    case 1: return try emit(.unary(.relu), [id], layer)
    case 2: return try emit(.unary(.leakyRelu(alpha: try parameter(0))), [id], layer)
    case 3:
      let (low, high) = (try parameter(0), try parameter(1))
      return try emit(.unary(low == 0 && high == 6 ? .relu6 : .clamp(min: low, max: high)), [id], layer)
    case 4: return try emit(.unary(.sigmoid), [id], layer)
    case 5: return try mish(id, layer)
    case 6: return try hardSwish(id, alpha: try parameter(0), beta: try parameter(1), layer)
    case let other: throw NcnnError(place: layer.place, found: "has activation \(other)")
    }
  }

  mutating func dropout(_ layer: NcnnLayer) throws(NcnnError) {
    var blob = try bottom(layer)
    blob.id = try multiplied(blob.id, by: try layer.number(0, default: 1), layer)
    try finish(layer, blob)
  }

  /// (shift + scale * x) ^ power
  mutating func power(_ layer: NcnnLayer) throws(NcnnError) {
    var blob = try bottom(layer)
    blob.id = try multiplied(blob.id, by: try layer.number(1, default: 1), layer)
    for (binary, id, neutral) in [(Binary.add, 2, Float(0)), (.power, 0, 1)] {
      let value = try layer.number(id, default: neutral)
      guard value != neutral else { continue }
      blob.id = try emit(
        .binary(binary, activation: .none), [blob.id, constant(layer, "constant", [1], [value])], layer)
    }
    try finish(layer, blob)
  }

  mutating func prelu(_ layer: NcnnLayer) throws(NcnnError) {
    let count = try layer.extent(0, default: 0, in: 1...Shape.largestExtent)
    let slope = try vector(layer, "slope", .scale, [count])
    try channelwise(layer, .prelu, slope, count)
  }

  mutating func bias(_ layer: NcnnLayer) throws(NcnnError) {
    let count = try layer.extent(0, default: 0, in: 1...Shape.largestExtent)
    try channelwise(layer, .add, try vector(layer, "bias", .bias, [count]), count)
  }

  private mutating func channelwise(
    _ layer: NcnnLayer, _ kind: Binary, _ vector: TensorID, _ count: Int
  ) throws(NcnnError) {
    var blob = try bottom(layer)
    let operand = try alongChannels(vector, count, blob, layer)
    blob.id = try emit(.binary(kind, activation: .none), [blob.id, operand], layer)
    try finish(layer, blob)
  }

  /// A vector shaped to meet a blob's outermost axis.
  mutating func alongChannels(
    _ vector: TensorID, _ count: Int, _ blob: NcnnBlob, _ layer: NcnnLayer
  ) throws(NcnnError) -> TensorID {
    guard count == 1 || count == blob.dimensions[0] else {
      throw NcnnError(
        place: layer.place, found: "\(count) values for an input of \(Shape(blob.dimensions))",
        expected: "\(blob.dimensions[0]), or 1")
    }
    guard blob.layout == .plain else { return vector }
    return try reshaped(
      vector, Shape([count] + Array(repeating: 1, count: blob.dimensions.count - 1)), layer)
  }

  mutating func binary(_ layer: NcnnLayer) throws(NcnnError) {
    let kinds: [(kind: Binary, isReversed: Bool)] = [
      (.add, false), (.subtract, false), (.multiply, false), (.divide, false), (.maximum, false),
      (.minimum, false), (.power, false), (.subtract, true), (.divide, true), (.power, true),
    ]
    let index = try layer.integer(0, default: 0)
    guard kinds.indices.contains(index) else {
      throw NcnnError(place: layer.place, found: "is binary operator \(index)")
    }
    let (kind, isReversed) = kinds[index]
    if try layer.flag(1) {
      var blob = try bottom(layer)
      let scalar = constant(layer, "scalar", [1], [try layer.number(2, default: 0)])
      blob.id = try emit(
        .binary(kind, activation: .none), isReversed ? [scalar, blob.id] : [blob.id, scalar], layer)
      return try finish(layer, blob)
    }
    let (a, b) = (try bottom(layer, 0), try bottom(layer, 1))
    try finish(layer, try combined(kind, isReversed ? b : a, isReversed ? a : b, layer))
  }

  mutating func eltwise(_ layer: NcnnLayer) throws(NcnnError) {
    let kind = try layer.integer(0, default: 0)
    let binaries: [Binary] = [.multiply, .add, .maximum]
    guard binaries.indices.contains(kind), layer.bottoms.count >= 2 else {
      throw NcnnError(
        place: layer.place, found: "operation \(kind) of \(layer.bottoms.count) inputs",
        expected: "0 to 2, of at least 2 inputs")
    }
    let coefficients = try layer.numbers(1)
    guard coefficients.isEmpty || coefficients.count == layer.bottoms.count else {
      throw NcnnError(
        place: layer.place, found: "\(coefficients.count) coefficients", expected: "one for each input")
    }
    var result: NcnnBlob?
    for index in layer.bottoms.indices {
      var term = try bottom(layer, index)
      if kind == 1, !coefficients.isEmpty {
        term.id = try multiplied(term.id, by: coefficients[index], layer)
      }
      result =
        try result.map { (sum) throws(NcnnError) in try combined(binaries[kind], sum, term, layer) } ?? term
    }
    if let result { try finish(layer, result) }
  }

  /// Both blobs in one layout, broadcast as ncnn does: a vector of as many elements as there are channels runs along
  /// them, any other along the innermost axis; a matrix has its rows along the channels.
  mutating func combined(
    _ kind: Binary, _ first: NcnnBlob, _ second: NcnnBlob, _ layer: NcnnLayer
  ) throws(NcnnError) -> NcnnBlob {
    let rank = max(first.dimensions.count, second.dimensions.count)
    let a = try lifted(first, to: rank, beside: second, layer)
    let b = try lifted(second, to: rank, beside: first, layer)
    let layout: NcnnBlob.Layout = [a, b].contains { $0.layout == .channelsLast } ? .channelsLast : .plain
    let x = try arranged(a, layout, layer)
    let y = try arranged(b, layout, layer)
    let id = try emit(.binary(kind, activation: .none), [x.id, y.id], layer)
    let dimensions = zip(a.dimensions, b.dimensions).map { max($0, $1) }
    return NcnnBlob(id: id, dimensions: dimensions, layout: layout)
  }

  private mutating func lifted(
    _ blob: NcnnBlob, to rank: Int, beside other: NcnnBlob, _ layer: NcnnLayer
  ) throws(NcnnError) -> NcnnBlob {
    let dimensions = blob.dimensions
    guard dimensions.count < rank else { return blob }
    let target: [Int]
    if dimensions.count == 1 {
      let ones = Array(repeating: 1, count: rank - 1)
      target = dimensions[0] == other.dimensions[0] ? dimensions + ones : ones + dimensions
    } else {
      target = dimensions + [1]
    }
    return NcnnBlob(id: try reshaped(blob.id, Shape(target), layer), dimensions: target, layout: .plain)
  }
}
