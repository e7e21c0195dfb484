import Graph

// Operators that only move elements.

extension ONNXGraphBuilder {
  mutating func addMovement(_ node: Node) throws(ModelWriteError) {
    let output = graph[node.outputs[0]]
    let name = name(of: node)
    switch node.op {
    case .reshape: try addReshape(node)
    case .transpose(let permutation): try addTranspose(node, permutation)
    case .concat(let axis, let activation):
      let frame = frame(of: node)
      let result = emit("Concat", try operands(node, frame), named: name, ["axis": .int(frame.axis(axis))])
      try finish(node, try activated(result, activation, node), frame)
    case .pad(let before, let after, let mode): try addPadding(node, before, after, mode)
    case .slice(let begin, let strides): try addSlice(node, begin, strides)
    case .gather(let axis):
      let inputs = [try value(try input(node, 0)), try value(try input(node, 1))]
      try finish(
        node, emit("Gather", inputs, named: name, ["axis": .int(axis)]), Frame(isChannelsFirst: false))
    case .broadcast:
      let x = try value(try input(node, 0))
      let result = emit("Expand", [x, try integers(output.shape.dimensions)], named: name)
      try finish(node, result, Frame(isChannelsFirst: false))
    case .tile(let multiples):
      let frame = frame(of: node)
      let x = try operand(try input(node, 0), frame)
      try finish(node, emit("Tile", [x, try integers(frame.arranged(multiples))], named: name), frame)
    case .resize(let resize): try addResize(node, resize)
    case .depthToSpace(let block):
      let x = try imageValue(try input(node, 0))
      let result = emit(
        "DepthToSpace", [x], named: name, ["blocksize": .int(block), "mode": .string("DCR")])
      try finish(node, result, Frame(isChannelsFirst: true))
    case .spaceToDepth(let block):
      let x = try imageValue(try input(node, 0))
      try finish(
        node, emit("SpaceToDepth", [x], named: name, ["blocksize": .int(block)]), Frame(isChannelsFirst: true)
      )
    default: throw unsupported(node, "opset \(ONNXWriter.opset) has no such operator")
    }
  }

  private mutating func addReshape(_ node: Node) throws(ModelWriteError) {
    let x = try input(node, 0)
    let output = graph[node.outputs[0]]
    let pixels = graph[x].shape.rank == 4 ? graph[x].shape[1] * graph[x].shape[2] : 0
    // One pixel lies the same in both orders.
    let isOnePixel = pixels == 1 && isChannelsFirst(x)
    let value = isOnePixel ? try imageValue(x) : try self.value(x)
    let result = emit("Reshape", [value, try integers(output.shape.dimensions)], named: name(of: node))
    try finish(node, result, Frame(isChannelsFirst: false))
  }

  /// Between the two orders of an image nothing has to move: the other order's value is this one's.
  private mutating func addTranspose(_ node: Node, _ permutation: [Int]) throws(ModelWriteError) {
    let x = try input(node, 0)
    if permutation == ImageAxes.toChannelsLast, graph[x].constant == nil {
      return define(node.outputs[0], try value(x), isChannelsFirst: true)
    }
    if permutation == ImageAxes.toChannelsFirst, let known = knownValue(x, isChannelsFirst: true) {
      return define(node.outputs[0], known)
    }
    try finish(
      node, emit("Transpose", [try value(x)], named: name(of: node), ["perm": .ints(permutation)]),
      Frame(isChannelsFirst: false))
  }

  private mutating func addPadding(
    _ node: Node, _ before: [Int], _ after: [Int], _ mode: PadMode
  ) throws(ModelWriteError) {
    let frame = frame(of: node)
    let id = try input(node, 0)
    let pads = try integers(frame.arranged(before) + frame.arranged(after))
    let x = try operand(id, frame)
    let result: String
    switch mode {
    case .constant(let value):
      guard let element = graph[id].element(value) else {
        throw unsupported(node, "padding of \(graph[id].elementType) with \(value) is not written")
      }
      let padValue = unusedName("pad_value")
      try addInitializer(padValue, graph[id].elementType, [], element)
      result = emit("Pad", [x, pads, padValue], named: name(of: node))
    case .reflect: result = emit("Pad", [x, pads], named: name(of: node), ["mode": .string("reflect")])
    case .edge: result = emit("Pad", [x, pads], named: name(of: node), ["mode": .string("edge")])
    case .symmetric: throw unsupported(node, "ONNX has no symmetric padding")
    case .wrap: throw unsupported(node, "opset 17 has no padding with the other end")
    }
    try finish(node, result, frame)
  }

  private mutating func addSlice(_ node: Node, _ begin: [Int], _ strides: [Int]) throws(ModelWriteError) {
    let frame = frame(of: node)
    let shape = graph[node.outputs[0]].shape
    let axes = begin.indices.filter {
      begin[$0] != 0 || strides[$0] != 1 || shape[$0] != graph[node.inputs[0] ?? node.outputs[0]].shape[$0]
    }
    let x = try operand(try input(node, 0), frame)
    // One past the last element taken; backwards past the first element, anything below -extent.
    let ends = axes.map { axis -> Int in
      let end = begin[axis] + (shape[axis] - 1) * strides[axis] + (strides[axis] > 0 ? 1 : -1)
      return end < 0 ? Int(Int32.min) : end
    }
    let operands = [
      x, try integers(axes.map { begin[$0] }), try integers(ends), try integers(axes.map { frame.axis($0) }),
      try integers(axes.map { strides[$0] }),
    ]
    let result =
      axes.isEmpty
      ? emit("Identity", [x], named: name(of: node)) : emit("Slice", operands, named: name(of: node))
    try finish(node, result, frame)
  }

  private mutating func addResize(_ node: Node, _ resize: Resize) throws(ModelWriteError) {
    let x = try imageValue(try input(node, 0))
    let shape = graph[node.outputs[0]].shape
    let sizes = try integers([shape[0], shape[3], shape[1], shape[2]])
    let coordinates =
      resize.alignsCorners ? "align_corners" : resize.halfPixelCenters ? "half_pixel" : "asymmetric"
    let isLinear = resize.method == .bilinear
    guard isLinear || resize.method == .nearest else {
      throw unsupported(node, "its interpolation is not written")
    }
    // TFLite rounds down where corners meet corners of pixels, and to the nearest where centres are aligned.
    let rounding = resize.alignsCorners || resize.halfPixelCenters ? "round_prefer_ceil" : "floor"
    let result = emit(
      "Resize", [x, "", "", sizes], named: name(of: node),
      [
        "mode": .string(isLinear ? "linear" : "nearest"),
        "coordinate_transformation_mode": .string(coordinates), "nearest_mode": .string(rounding),
      ])
    try finish(node, result, Frame(isChannelsFirst: true))
  }
}
