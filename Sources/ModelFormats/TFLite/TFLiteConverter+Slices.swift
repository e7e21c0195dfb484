import Graph

// Operators that take parts of a tensor.

extension TFLiteConverter {
  mutating func slice(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let begin = try integers(op, 1, "a begin")
    let counts = try integers(op, 2, "a size")
    let extents = shape(of: x).dimensions
    guard begin.count == extents.count, counts.count == extents.count else {
      throw malformed(
        op, "\(begin.count) begins and \(counts.count) sizes", expected: "\(extents.count) of each")
    }
    let resolved = extents.indices.map {
      // -1 means the rest; a begin outside is refused with the slice itself.
      counts[$0] == -1 && (0...extents[$0]).contains(begin[$0]) ? extents[$0] - begin[$0] : counts[$0]
    }
    try emit(.slice(begin: begin, strides: ones(begin.count)), [x], op, shape: Shape(resolved))
  }

  mutating func split(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 1)
    let axis = try axis(try integer(op, 0, "an axis"), rank: shape(of: x).rank, op)
    let extent = shape(of: x)[axis]
    let parts = op.outputs.count
    guard parts > 0, extent % parts == 0 else {
      throw malformed(op, "\(extent) elements in \(parts) parts", expected: "equal parts")
    }
    try takeParts(of: x, axis: axis, lengths: Array(repeating: extent / parts, count: parts), op)
  }

  mutating func splitByLengths(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    var lengths = try integers(op, 1, "lengths")
    let axis = try axis(try integer(op, 2, "an axis"), rank: shape(of: x).rank, op)
    let extent = shape(of: x)[axis]
    guard lengths.count == op.outputs.count else {
      throw malformed(op, "\(lengths.count) lengths for \(op.outputs.count) outputs", expected: "as many")
    }
    if let open = lengths.firstIndex(of: -1) {
      lengths[open] = 0
      lengths[open] = extent - (try sum(lengths, atMost: extent, op))
    }
    guard try sum(lengths, atMost: extent, op) == extent else {
      throw malformed(op, "lengths \(lengths.prefix(16))", expected: "a sum of \(extent)")
    }
    try takeParts(of: x, axis: axis, lengths: lengths, op)
  }

  private func sum(_ lengths: [Int], atMost limit: Int, _ op: TFLiteOperator) throws(ModelFormatError) -> Int
  {
    var sum = 0
    for length in lengths {
      guard length >= 0, length <= limit - sum else {
        throw malformed(op, "lengths \(lengths.prefix(16))", expected: "a sum of at most \(limit)")
      }
      sum += length
    }
    return sum
  }

  private mutating func takeParts(
    of x: TensorID, axis: Int, lengths: [Int], _ op: TFLiteOperator
  ) throws(ModelFormatError) {
    var begin = Array(repeating: 0, count: shape(of: x).rank)
    for (position, length) in lengths.enumerated() {
      var part = shape(of: x).dimensions
      part[axis] = length
      try emit(
        .slice(begin: begin, strides: ones(begin.count)), [x], op, output: position, shape: Shape(part))
      begin[axis] += length
    }
  }

  mutating func unpack(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let axis = try axis(
      Int(try options(op, 64)?.scalar(1, default: Int32(0)) ?? 0), rank: shape(of: x).rank, op)
    guard op.outputs.count == shape(of: x)[axis] else {
      throw malformed(op, "\(op.outputs.count) outputs", expected: "\(shape(of: x)[axis]), one an element")
    }
    var begin = Array(repeating: 0, count: shape(of: x).rank)
    var part = shape(of: x).dimensions
    part[axis] = 1
    var result = part
    result.remove(at: axis)
    for position in op.outputs.indices {
      begin[axis] = position
      let element = try intermediate(
        .slice(begin: begin, strides: ones(begin.count)), [x], op, shape: Shape(part),
        quantization: graph[x].quantization)
      try emit(.reshape, [element], op, output: position, shape: Shape(result))
    }
  }

  mutating func reverse(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let extents = shape(of: x).dimensions
    var begin = Array(repeating: 0, count: extents.count)
    var strides = ones(extents.count)
    for axis in try integers(op, 1, "axes") {
      let axis = try self.axis(axis, rank: extents.count, op)
      begin[axis] = extents[axis] - 1
      strides[axis] = -1
    }
    try emit(.slice(begin: begin, strides: strides), [x], op, shape: shape(of: x))
  }

  mutating func stridedSlice(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let range = StridedRange(
      begin: try integers(op, 1, "a begin"), end: try integers(op, 2, "an end"),
      strides: try integers(op, 3, "strides"), masks: try StridedRange.Masks(try options(op, 32)))
    guard let slice = range.slice(of: shape(of: x)) else {
      throw malformed(
        op,
        "from \(range.begin.prefix(9)) to \(range.end.prefix(9)) by \(range.strides.prefix(9)) of \(shape(of: x))",
        expected: "at least one element along each axis")
    }
    let kind = Operator.slice(begin: slice.begin, strides: slice.strides)
    if slice.result == slice.taken { return try emit(kind, [x], op, shape: slice.taken) }
    let taken = try intermediate(kind, [x], op, shape: slice.taken, quantization: graph[x].quantization)
    try emit(.reshape, [taken], op, shape: slice.result)
  }

  private func ones(_ count: Int) -> [Int] { Array(repeating: 1, count: count) }
}
