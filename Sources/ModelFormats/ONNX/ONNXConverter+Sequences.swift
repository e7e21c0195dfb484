import Graph

// Sequences of tensors. They are lists while the model is read; only their elements reach the graph.

extension ONNXConverter {
  static let sequences: [String: Handler] = [
    "ConcatFromSequence": ONNXConverter.concatFromSequence,
    "SequenceAt": ONNXConverter.sequenceAt,
    "SequenceConstruct": ONNXConverter.sequenceConstruct,
    "SequenceEmpty": { (converter) in
      { (node) throws(ModelFormatError) in try converter.bind([], node) }
    },
    "SequenceErase": ONNXConverter.sequenceErase,
    "SequenceInsert": ONNXConverter.sequenceInsert,
    "SequenceLength": ONNXConverter.sequenceLength,
    "SequenceMap": ONNXConverter.sequenceMap,
    "SplitToSequence": ONNXConverter.splitToSequence,
  ]

  /// The elements of input `position`.
  private func sequence(_ node: ONNXNode, _ position: Int) throws(ModelFormatError) -> [TensorID] {
    guard node.has(position),
      case .sequence(let elements) = try value(named: node.inputs[position], node.place)
    else {
      throw node.malformed("input \(position) is no sequence", expected: "a sequence of tensors")
    }
    return elements
  }

  private func bind(_ elements: [TensorID], _ node: ONNXNode, output position: Int = 0)
    throws(ModelFormatError)
  {
    guard node.makes(position) else { return }
    try bind(.sequence(elements), to: node.outputs[position], node.place)
  }

  /// Input `position` as a place in a sequence of `count`, from 0; negative numbers count from the end.
  private func place(_ node: ONNXNode, _ position: Int, count: Int) throws(ModelFormatError) -> Int {
    let index = try integer(node, position)
    guard index >= -count, index < count else {
      throw node.malformed("place \(index) of a sequence of \(count)", expected: "one of its places")
    }
    return index < 0 ? index + count : index
  }

  func sequenceConstruct(_ node: ONNXNode) throws(ModelFormatError) {
    var elements: [TensorID] = []
    for position in node.inputs.indices { elements.append(try input(node, position)) }
    try bind(elements, node)
  }

  func sequenceAt(_ node: ONNXNode) throws(ModelFormatError) {
    let elements = try sequence(node, 0)
    try bind(elements[try place(node, 1, count: elements.count)], node)
  }

  func sequenceInsert(_ node: ONNXNode) throws(ModelFormatError) {
    var elements = try sequence(node, 0)
    let place = node.has(2) ? try place(node, 2, count: elements.count + 1) : elements.count
    elements.insert(try input(node, 1), at: place)
    try bind(elements, node)
  }

  func sequenceErase(_ node: ONNXNode) throws(ModelFormatError) {
    var elements = try sequence(node, 0)
    guard !elements.isEmpty else {
      throw node.malformed("an empty sequence", expected: "an element to take out")
    }
    elements.remove(at: node.has(1) ? try place(node, 1, count: elements.count) : elements.count - 1)
    try bind(elements, node)
  }

  func sequenceLength(_ node: ONNXNode) throws(ModelFormatError) {
    let count = Int64(try sequence(node, 0).count)
    try bind(constant([count], .i64, shape: .scalar, node, "length"), node)
  }

  func concatFromSequence(_ node: ONNXNode) throws(ModelFormatError) {
    let elements = try sequence(node, 0)
    let axis = try node.integer("axis", default: 0)
    try bind(
      try joined(elements, axis: axis, addsAxis: try node.flag("new_axis", default: false), node), node)
  }

  /// Tensors one after the other along an axis, or side by side along a new one.
  func joined(
    _ elements: [TensorID], axis: Int, addsAxis: Bool, _ node: ONNXNode
  ) throws(ModelFormatError) -> TensorID {
    guard let first = elements.first else {
      throw node.unsupported("joins a sequence of nothing")
    }
    let rank = shape(first).rank
    let axis = try self.axis(axis, rank: addsAxis ? rank + 1 : rank, node)
    var parts: [TensorID?] = []
    for element in elements {
      var part = try inOrder(.written, element, node)
      if addsAxis {
        var dimensions = shape(part).dimensions
        dimensions.insert(1, at: axis)
        part = try apply(.reshape, [part], node, shape: Shape(dimensions))
      }
      parts.append(part)
    }
    if parts.count == 1, let only = parts[0] { return only }
    return try apply(.concat(axis: axis, activation: .none), parts, node)
  }

  func splitToSequence(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let own = shape(x)
    let axis = try axis(try node.integer("axis", default: 0), rank: own.rank, node)
    let extent = own[axis]
    var lengths = Array(repeating: 1, count: extent)
    if node.has(1) {
      lengths = try integers(node, 1)
      if shape(try input(node, 1)).rank == 0, let length = lengths.first {
        guard length >= 1 else { throw node.malformed("pieces of \(length)", expected: "1 and more") }
        lengths = (0..<(extent + length - 1) / length).map { min(length, extent - $0 * length) }
      }
    }
    guard lengths.allSatisfy({ $0 >= 1 && $0 <= extent }), lengths.count <= extent,
      lengths.reduce(0, +) == extent
    else {
      throw node.malformed("pieces of \(lengths)", expected: "\(extent) elements in all")
    }
    let keepsAxis = node.has(1) ? true : try node.flag("keepdims", default: true)
    var elements: [TensorID] = []
    var first = 0
    for length in lengths {
      let piece = try slice(x, axis: axis, from: first, count: length, node)
      elements.append(keepsAxis ? piece : try dropping(axis, of: piece, node))
      first += length
    }
    try bind(elements, node)
  }

  /// The body on each element; further inputs are sequences, too, or tensors that all share.
  func sequenceMap(_ node: ONNXNode) throws(ModelFormatError) {
    let count = try sequence(node, 0).count
    let body = try node.graph("body")
    var results: [[TensorID]] = Array(repeating: [], count: node.outputs.count)
    for index in 0..<count {
      var inputs: [ONNXBinding] = []
      for position in node.inputs.indices {
        switch try value(named: node.inputs[position], node.place) {
        case .tensor(let id): inputs.append(.tensor(id))
        case .sequence(let elements):
          guard elements.count == count else {
            throw node.malformed("sequences of \(count) and \(elements.count)", expected: "the same length")
          }
          inputs.append(.tensor(elements[index]))
        }
      }
      for (position, result) in try convertValues(body, of: node, inputs: inputs).enumerated() {
        guard position < results.count, case .tensor(let id) = result else { continue }
        results[position].append(id)
      }
    }
    for (position, elements) in results.enumerated() { try bind(elements, node, output: position) }
  }

  /// Elements `first` and on along an axis, in the order that ONNX writes.
  func slice(
    _ x: TensorID, axis: Int, from first: Int, count: Int, _ node: ONNXNode
  ) throws(ModelFormatError) -> TensorID {
    let own = shape(x).dimensions
    var (begin, kept) = (Array(repeating: 0, count: own.count), own)
    begin[axis] = first
    kept[axis] = count
    return try apply(.slice(begin: begin, strides: own.map { _ in 1 }), [x], node, shape: Shape(kept))
  }

  /// Without an axis of one element.
  func dropping(_ axis: Int, of x: TensorID, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    var dimensions = shape(x).dimensions
    dimensions.remove(at: axis)
    return try apply(.reshape, [x], node, shape: Shape(dimensions))
  }
}
