import Graph

// Results whose extents follow from values: evaluated while the model is read; see ReadOptions.

extension TFLiteConverter {
  /// The indices of the elements that are not zero, one row each.
  mutating func places(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let extents = shape(of: x).dimensions
    let data = try value(of: x, op)
    let size = graph[x].elementType.bitWidth / 8
    guard size > 0, let count = shape(of: x).elementCount, count * size == data.byteCount else {
      throw unsupported(describe(op), "is WHERE of \(graph[x].type)")
    }
    var rows: [Int] = []
    let isFloat = graph[x].elementType == .f32
    data.withUnsafeBytes { bytes in
      for element in 0..<count {
        let isZero =
          isFloat
          ? bytes.loadUnaligned(fromByteOffset: 4 * element, as: Float.self) == 0
          : (0..<size).allSatisfy { bytes[element * size + $0] == 0 }
        if isZero { continue }
        var index = [Int](repeating: 0, count: extents.count)
        var rest = element
        for axis in extents.indices.reversed() {
          index[axis] = rest % extents[axis]
          rest /= extents[axis]
        }
        rows += index
      }
    }
    guard !rows.isEmpty, assembler.spend(8 * rows.count) else {
      throw unsupported(describe(op), "finds nothing in these inputs, and so makes a tensor without elements")
    }
    try defineIntegers(rows, [rows.count / extents.count, extents.count], op, output: 0)
  }

  /// The elements without repetition, in the order of their first, and for each element the index of its own.
  mutating func unique(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    try requireRank(1, x, op)
    let data = try value(of: x, op)
    let size = graph[x].elementType.bitWidth / 8
    guard size > 0, data.byteCount == size * shape(of: x)[0] else {
      throw unsupported(describe(op), "is UNIQUE of \(graph[x].type)")
    }
    let bytes = data.elements(as: UInt8.self)
    var seen: [ArraySlice<UInt8>: Int] = [:]
    var kept: [UInt8] = []
    var indices: [Int] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      let element = bytes[start..<start + size]
      if let known = seen[element] {
        indices.append(known)
      } else {
        indices.append(seen.count)
        seen[element] = seen.count
        kept += element
      }
    }
    try emit(
      addConstant(
        "unique", graph[x].elementType, [seen.count], TensorData(kept), quantization: graph[x].quantization),
      op)
    try defineIntegers(indices, [indices.count], op, output: 1)
  }

  private mutating func defineIntegers(
    _ values: [Int], _ shape: Shape, _ op: TFLiteOperator, output: Int
  ) throws(ModelFormatError) {
    let tensor = subgraph.tensors[try outputIndex(op, output)]
    guard let type = tensor.type.elementType, type == .i32 || type == .i64 else {
      throw malformed(op, "output \(output) is \(tensor.type)", expected: "i32 or i64")
    }
    try emit(constant(values, type, shape, tensor.name), op, output: output)
  }

  // MARK: Parts at computed places

  /// The operand with a part of it replaced: inputs operand, update, and where it starts.
  mutating func updateSlice(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let update = try input(op, 1)
    let extents = shape(of: x).dimensions
    let part = shape(of: update).dimensions
    var starts: [Int] = []
    if op.inputs.count == 2 + extents.count, op.name != "DYNAMIC_UPDATE_SLICE" {
      for axis in extents.indices { starts.append(try integer(op, 2 + axis, "a start")) }
    } else {
      starts = try integers(op, 2, "a start")
    }
    guard starts.count == extents.count, part.count == extents.count,
      zip(part, extents).allSatisfy({ $0 <= $1 })
    else {
      throw malformed(
        op, "\(shape(of: update)) at \(starts.prefix(9)) of \(shape(of: x))", expected: "a part of it")
    }
    // A start beyond the last place that fits is that place.
    let before = extents.indices.map { min(max(starts[$0], 0), extents[$0] - part[$0]) }
    let after = extents.indices.map { extents[$0] - part[$0] - before[$0] }
    if before.allSatisfy({ $0 == 0 }), after.allSatisfy({ $0 == 0 }) {
      return try emit(.reshape, [update], op, shape: shape(of: x))
    }
    let isTruth = graph[x].elementType == .bool
    let source = isTruth ? try intermediate(.cast, [update], op, elementType: .i32) : update
    var padded = try intermediate(
      .pad(before: before, after: after, mode: .constant(0)), [source], op,
      quantization: graph[x].quantization)
    if isTruth { padded = try intermediate(.cast, [padded], op, elementType: .bool) }
    var mask: TensorID?
    for axis in extents.indices where part[axis] < extents[axis] {
      var form = extents.map { _ in 1 }
      form[axis] = extents[axis]
      let inside = (0..<extents[axis]).map {
        UInt8($0 >= before[axis] && $0 < before[axis] + part[axis] ? 1 : 0)
      }
      let own = addConstant("inside", .bool, Shape(form), TensorData(inside))
      mask =
        if let known = mask {
          try intermediate(.binary(.logicalAnd, activation: .none), [known, own], op)
        } else { own }
    }
    try emit(.select, [mask, padded, x], op)
  }

  /// Values at places of a tensor that is filled with a default: inputs places, shape, values, default.
  mutating func sparseToDense(_ op: TFLiteOperator) throws(ModelFormatError) {
    let places = try integers(op, 0, "places")
    let extents = try integers(op, 1, "a shape")
    let values = try input(op, 2)
    let rest = try input(op, 3)
    guard !extents.isEmpty, extents.allSatisfy({ (1...Shape.largestExtent).contains($0) }),
      let count = Shape(extents).elementCount, count <= Self.mostSmallConstants,
      places.count % extents.count == 0
    else {
      throw unsupported(describe(op), "fills a shape of \(extents.prefix(9)) at \(places.count) coordinates")
    }
    // For each element, which of the values it takes: the last one for its place, or the default behind them all.
    let given = places.count / extents.count
    var sources = Array(repeating: given, count: count)
    for number in 0..<given {
      var offset = 0
      for (axis, extent) in extents.enumerated() {
        let place = places[number * extents.count + axis]
        guard place >= 0, place < extent else {
          throw malformed(op, "a place \(place) along axis \(axis)", expected: "0 to \(extent - 1)")
        }
        offset = offset * extent + place
      }
      sources[offset] = number
    }
    let isScalar = shape(of: values).elementCount == 1
    let type = graph[values].elementType
    var list = try intermediate(.reshape, [values], op, shape: [isScalar ? 1 : given], elementType: type)
    if isScalar { sources = sources.map { $0 == given ? 1 : 0 } }
    let last = try intermediate(.reshape, [rest], op, shape: [1])
    list = try intermediate(.concat(axis: 0, activation: .none), [list, last], op)
    try emit(.gather(axis: 0), [list, constant(sources, .i32, Shape(extents), "sources")], op)
  }
}
