import Graph

// Operators that go by indices.

extension ONNXConverter {
  static let indices: [String: Handler] = [
    "GatherElements": ONNXConverter.gatherElements,
    "GatherND": ONNXConverter.gatherND,
    "OneHot": ONNXConverter.oneHot,
    "ReverseSequence": ONNXConverter.reverseSequence,
    "Scatter": ONNXConverter.scatterElements,
    "ScatterElements": ONNXConverter.scatterElements,
    "ScatterND": ONNXConverter.scatterND,
    "TensorScatter": ONNXConverter.tensorScatter,
  ]

  func gatherElements(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let axis = try axis(try node.integer("axis", default: 0), rank: shape(x).rank, node)
    try emit(.gatherElements(axis: axis), [x, try written(node, 1)], node)
  }

  func gatherND(_ node: ONNXNode) throws(ModelFormatError) {
    let batchAxes = try node.integer("batch_dims", default: 0)
    try emit(.gatherND(batchAxes: batchAxes), [try written(node, 0), try written(node, 1)], node)
  }

  func scatterElements(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let axis = try axis(try node.integer("axis", default: 0), rank: shape(x).rank, node)
    let operands = [x, try written(node, 1), try written(node, 2)]
    try emit(.scatterElements(axis: axis, try scatter(node)), operands, node)
  }

  func scatterND(_ node: ONNXNode) throws(ModelFormatError) {
    let operands = [try written(node, 0), try written(node, 1), try written(node, 2)]
    try emit(.scatterND(try scatter(node)), operands, node)
  }

  private func scatter(_ node: ONNXNode) throws(ModelFormatError) -> Scatter {
    switch try node.string("reduction", default: "none") {
    case "none": .set
    case "add": .add
    case "mul": .multiply
    case "min": .minimum
    case "max": .maximum
    case let name: throw node.malformed("reduction '\(name)'", expected: "none, add, mul, min or max")
    }
  }

  func reverseSequence(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let rank = shape(x).rank
    let batchAxis = try axis(try node.integer("batch_axis", default: 1), rank: rank, node)
    let timeAxis = try axis(try node.integer("time_axis", default: 0), rank: rank, node)
    try emit(.reverseSequence(batchAxis: batchAxis, timeAxis: timeAxis), [x, try written(node, 1)], node)
  }

  /// Updates put along an axis from an index on, another one in each batch; "circular" goes on at the start.
  func tensorScatter(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let updates = try written(node, 1)
    let (own, part) = (shape(x), shape(updates))
    let axis = try axis(try node.integer("axis", default: -2), rank: own.rank, node)
    guard part.rank == own.rank else { throw node.malformed("\(part) into \(own)", expected: "as many axes") }
    var places = counting(part, along: axis, node)
    if let starts = try optional(node, 2) {
      let batch = Shape([own[0]] + Array(repeating: 1, count: own.rank - 1))
      let lined = try apply(.reshape, [starts], node, shape: batch)
      places = try apply(.binary(.add, activation: .none), [lined, places], node)
    }
    if try node.string("mode", default: "linear") == "circular" {
      let extent = try scalar(Double(own[axis]), like: places, node)
      places = try apply(.binary(.floorModulo, activation: .none), [places, extent], node)
    }
    let indices = try apply(.broadcast, [places], node, shape: part)
    try emit(.scatterElements(axis: axis, .set), [x, indices, updates], node)
  }

  /// Off everywhere but where the index along the new axis is the one given.
  func oneHot(_ node: ONNXNode) throws(ModelFormatError) {
    var indices = try written(node, 0)
    let depths = try floats(node, 1)
    guard depths.count == 1, depths[0] >= 1, depths[0] <= Float(Shape.largestExtent) else {
      throw node.malformed("depth \(depths)", expected: "1 to \(Shape.largestExtent)")
    }
    let depth = Int(depths[0])
    let values = try written(node, 2)
    guard shape(values) == [2] else { throw node.malformed("values \(shape(values))", expected: "2") }
    let own = shape(indices)
    let axis = try axis(try node.integer("axis", default: -1), rank: own.rank + 1, node)
    if elementType(indices) != .i64 { indices = try apply(.cast, [indices], node, type: .i64) }
    indices = try nonNegative(indices, extent: depth, node)
    var lined = own.dimensions
    lined.insert(1, at: axis)
    var whole = own.dimensions
    whole.insert(depth, at: axis)
    let column = try apply(.reshape, [indices], node, shape: Shape(lined))
    let isHot = try apply(
      .binary(.equal, activation: .none), [column, counting(Shape(whole), along: axis, node)], node)
    var states: [TensorID] = []
    for state in 0..<2 {
      states.append(try apply(.slice(begin: [state], strides: [1]), [values], node, shape: [1]))
    }
    try emit(.select, [isHot, states[1], states[0]], node)
  }
}
