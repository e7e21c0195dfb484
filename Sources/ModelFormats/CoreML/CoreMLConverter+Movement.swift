import Graph

// Operations that move elements.

extension CoreMLConverter {
  static let movementOperations: [String: Operation] = [
    "concat": CoreMLConverter.concat,
    "depth_to_space": { converter in
      { (call) throws(ModelFormatError) in
        try converter.depthToSpace(
          try call.name("x"), try call.integer("block_size", default: 1), mode: "DCR", call.output)
      }
    },
    "expand_dims": CoreMLConverter.expandDimensions,
    "fill": CoreMLConverter.fill,
    "fill_like": CoreMLConverter.fillLike,
    "flatten2d": CoreMLConverter.flatten,
    "pad": CoreMLConverter.pad,
    "pixel_shuffle": { converter in
      { (call) throws(ModelFormatError) in
        try converter.depthToSpace(
          try call.name("x"), try call.integer("upscale_factor", default: 1), mode: "CRD", call.output)
      }
    },
    "pixel_unshuffle": CoreMLConverter.pixelUnshuffle,
    "reshape": { converter in
      { (call) throws(ModelFormatError) in
        guard let shape = try call.integers("shape") else {
          throw call.operation.malformed("no 'shape'", expected: "the new extents")
        }
        _ = try converter.reshaped(try call.name("x"), shape, call.output)
      }
    },
    "reverse": CoreMLConverter.reverse,
    "reverse_sequence": CoreMLConverter.reverseSequence,
    "shape": CoreMLConverter.shapeOperation,
    "slice_by_index": CoreMLConverter.sliceByIndex,
    "slice_by_size": CoreMLConverter.sliceBySize,
    "sliding_windows": CoreMLConverter.slidingWindows,
    "space_to_depth": { converter in
      { (call) throws(ModelFormatError) in
        _ = try converter.node(
          "SpaceToDepth", [try call.name("x")], call.output,
          ["blocksize": ONNXAttribute(integer: try call.integer("block_size", default: 1))])
      }
    },
    "split": CoreMLConverter.split,
    "squeeze": CoreMLConverter.squeeze,
    "stack": CoreMLConverter.stack,
    "tile": { converter in
      { (call) throws(ModelFormatError) in
        guard let multiples = try call.integers("reps") else {
          throw call.operation.malformed("no 'reps'", expected: "a number for each axis")
        }
        try converter.node("Tile", [try call.name("x"), try converter.integers(multiples)], call.output)
      }
    },
    "transpose": { converter in
      { (call) throws(ModelFormatError) in
        let x = try call.name("x")
        let rank = try converter.shape(x).count
        let permutation = try call.integers("perm") ?? Array(0..<rank)
        _ = try converter.transposed(x, try converter.axes(permutation, rank: rank), call.output)
      }
    },
  ]

  // MARK: Joining and parting

  func concat(_ call: MILCall) throws(ModelFormatError) {
    let values = try call.names("values")
    guard let first = values.first else {
      throw call.operation.malformed("no values", expected: "at least 1")
    }
    let axis = try call.integer("axis", default: 0)
    guard try call.flag("interleave") else {
      try node("Concat", values, call.output, ["axis": ONNXAttribute(integer: axis)])
      return
    }
    // The first of each, then the second of each: a new axis behind, and both as one.
    let extents = try shape(first)
    let place = try self.axis(axis, rank: extents.count)
    let stacked = try stacked(values, axis: place + 1)
    var joined = extents
    joined[place] = -1
    _ = try reshaped(stacked, joined, call.output)
  }

  func stack(_ call: MILCall) throws(ModelFormatError) {
    let values = try call.names("values")
    guard let first = values.first else {
      throw call.operation.malformed("no values", expected: "at least 1")
    }
    let axis = try self.axis(try call.integer("axis", default: 0), rank: try shape(first).count + 1)
    try alias(try stacked(values, axis: axis), call.output)
  }

  func stacked(_ values: [String], axis: Int) throws(ModelFormatError) -> String {
    var parts: [String] = []
    let axes = try integers([axis])
    for value in values { parts.append(try node("Unsqueeze", [value, axes])) }
    return try node("Concat", parts, nil, ["axis": ONNXAttribute(integer: axis)])
  }

  func split(_ call: MILCall) throws(ModelFormatError) {
    let x = try call.name("x")
    let extents = try shape(x)
    let axis = try self.axis(try call.integer("axis", default: 0), rank: extents.count)
    let count = call.outputs.count
    let sizes = try call.integers("split_sizes") ?? Array(repeating: extents[axis] / count, count: count)
    try node(
      "Split", [x, try integers(sizes)], outputs: call.outputs, ["axis": ONNXAttribute(integer: axis)])
  }

  // MARK: Shapes

  func expandDimensions(_ call: MILCall) throws(ModelFormatError) {
    try node("Unsqueeze", [try call.name("x"), try integers(try call.integers("axes") ?? [])], call.output)
  }

  func squeeze(_ call: MILCall) throws(ModelFormatError) {
    let x = try call.name("x")
    if let axes = try call.integers("axes"), !axes.isEmpty {
      try node("Squeeze", [x, try integers(axes)], call.output)
    } else {
      _ = try reshaped(x, try shape(x).filter { $0 != 1 }, call.output)
    }
  }

  func flatten(_ call: MILCall) throws(ModelFormatError) {
    try node(
      "Flatten", [try call.name("x")], call.output,
      ["axis": ONNXAttribute(integer: try call.integer("axis", default: 1))])
  }

  func shapeOperation(_ call: MILCall) throws(ModelFormatError) {
    let extents = try call.shape("x")
    let result = try constant(
      TensorType(.i32, [extents.count]), TensorData(extents.map { Int32(clamping: $0) }))
    try alias(result, call.output)
  }

  // MARK: Slices

  /// Elements `starts` to before `ends` along `axes`.
  @discardableResult
  func slice(
    _ x: String, starts: [Int], ends: [Int], axes: [Int], steps: [Int], _ output: String? = nil
  ) throws(ModelFormatError) -> String {
    try node(
      "Slice", [x, try integers(starts), try integers(ends), try integers(axes), try integers(steps)], output)
  }

  func sliceByIndex(_ call: MILCall) throws(ModelFormatError) {
    let x = try call.name("x")
    let rank = try shape(x).count
    let begin = try call.integers("begin") ?? []
    let end = try call.integers("end") ?? []
    try sliceByIndex(
      x, begin: begin, end: end, strides: try call.integers("stride") ?? Array(repeating: 1, count: rank),
      beginMask: try call.flags("begin_mask") ?? [], endMask: try call.flags("end_mask") ?? [],
      squeezeMask: try call.flags("squeeze_mask") ?? [], call.output)
  }

  /// A mask says of an axis that its begin or end is the array's own, or that only one element is taken and the axis goes.
  func sliceByIndex(
    _ x: String, begin: [Int], end: [Int], strides: [Int], beginMask: [Bool], endMask: [Bool],
    squeezeMask: [Bool],
    _ output: String
  ) throws(ModelFormatError) {
    let rank = try shape(x).count
    guard begin.count == rank, end.count == rank, strides.count == rank else {
      throw malformed(
        "\(begin.count) begins, \(end.count) ends, \(strides.count) strides", expected: "\(rank) each")
    }
    func isSet(_ mask: [Bool], _ axis: Int) -> Bool { axis < mask.count && mask[axis] }
    let far = Shape.largestExtent
    var starts: [Int] = []
    var ends: [Int] = []
    var steps: [Int] = []
    for axis in 0..<rank {
      if isSet(squeezeMask, axis) {
        let start = isSet(beginMask, axis) ? 0 : begin[axis]
        starts.append(start)
        ends.append(start == -1 ? far : start &+ 1)
        steps.append(1)
        continue
      }
      let isForward = strides[axis] > 0
      starts.append(isSet(beginMask, axis) ? (isForward ? 0 : far) : begin[axis])
      ends.append(isSet(endMask, axis) ? (isForward ? far : -far) : end[axis])
      steps.append(strides[axis])
    }
    let squeezed = (0..<rank).filter { isSet(squeezeMask, $0) }
    let result = try slice(
      x, starts: starts, ends: ends, axes: Array(0..<rank), steps: steps, squeezed.isEmpty ? output : nil)
    if !squeezed.isEmpty { try node("Squeeze", [result, try integers(squeezed)], output) }
  }

  func sliceBySize(_ call: MILCall) throws(ModelFormatError) {
    let x = try call.name("x")
    let extents = try shape(x)
    let begin = try call.integers("begin") ?? []
    let size = try call.integers("size") ?? []
    guard begin.count == extents.count, size.count == extents.count else {
      throw call.operation.malformed(
        "\(begin.count) begins, \(size.count) sizes", expected: "\(extents.count) each")
    }
    // A size of -1 is all that is left.
    let ends = extents.indices.map { size[$0] == -1 ? extents[$0] : begin[$0] &+ size[$0] }
    try slice(
      x, starts: begin, ends: ends, axes: Array(extents.indices),
      steps: Array(repeating: 1, count: extents.count),
      call.output)
  }

  func reverse(_ call: MILCall) throws(ModelFormatError) {
    let x = try call.name("x")
    let rank = try shape(x).count
    let axes = try self.axes(try call.integers("axes") ?? Array(0..<rank), rank: rank)
    try reverse(x, axes, call.output)
  }

  func reverse(_ x: String, _ axes: [Int], _ output: String) throws(ModelFormatError) {
    let far = Shape.largestExtent
    try slice(
      x, starts: axes.map { _ in far }, ends: axes.map { _ in -far }, axes: axes, steps: axes.map { _ in -1 },
      output)
  }

  func reverseSequence(_ call: MILCall) throws(ModelFormatError) {
    let x = try call.name("x")
    let rank = try shape(x).count
    let lengths = try node("Cast", [try call.name("lengths")], nil, ["to": ONNXAttribute(integer: 7)])
    try node(
      "ReverseSequence", [x, lengths], call.output,
      [
        "time_axis": ONNXAttribute(integer: try axis(try call.integer("seq_axis", default: 1), rank: rank)),
        "batch_axis": ONNXAttribute(
          integer: try axis(try call.integer("batch_axis", default: 0), rank: rank)),
      ])
  }

  func slidingWindows(_ call: MILCall) throws(ModelFormatError) {
    try slidingWindows(
      try call.name("x"), axis: try call.integer("axis", default: 0),
      size: try call.integer("size", default: 1),
      step: try call.integer("stride", default: 1), call.output)
  }

  /// An axis as windows of `size` elements, `step` apart: two axes in place of one.
  func slidingWindows(
    _ x: String, axis: Int, size: Int, step: Int, _ output: String
  ) throws(ModelFormatError) {
    let extents = try shape(x)
    let axis = try self.axis(axis, rank: extents.count)
    guard size >= 1, size <= extents[axis], step >= 1 else {
      throw malformed(
        "windows of \(size), \(step) apart, of \(extents[axis])",
        expected: "1 to \(extents[axis]), 1 and more")
    }
    let count = (extents[axis] - size) / step + 1
    guard let total = Shape([count, size]).elementCount else {
      throw malformed("\(count) windows", expected: "fewer")
    }
    try spend(8 * total)
    let places = (0..<count).flatMap { window in (0..<size).map { Int64(window * step + $0) } }
    let indices = try constant(TensorType(.i64, [count, size]), TensorData(places))
    try node("Gather", [x, indices], output, ["axis": ONNXAttribute(integer: axis)])
  }

  // MARK: Padding and filling

  func pad(_ call: MILCall) throws(ModelFormatError) {
    let x = try call.name("x")
    let rank = try shape(x).count
    let pads = try call.integers("pad") ?? []
    guard pads.count % 2 == 0, pads.count <= 2 * rank else {
      throw call.operation.malformed("\(pads.count) numbers", expected: "two for each of the last axes")
    }
    // The numbers are those of the last axes.
    let all = Array(repeating: 0, count: 2 * rank - pads.count) + pads
    let mode = try call.text("mode", default: "constant")
    let modes = ["constant": "constant", "reflect": "reflect", "replicate": "edge"]
    guard let known = modes[mode] else { throw call.operation.unsupported("pads in mode '\(mode)'") }
    try node(
      "Pad", [x, try integers(Self.onnxPads(all)), try scalar(try call.float("constant_val", default: 0))],
      call.output, ["mode": ONNXAttribute(text: known)])
  }

  func fill(_ call: MILCall) throws(ModelFormatError) {
    let shape = try call.integers("shape") ?? []
    try fill(shape, try call.float("value", default: 0), call.output)
  }

  func fillLike(_ call: MILCall) throws(ModelFormatError) {
    try fill(try call.shape("ref_tensor"), try call.float("value", default: 0), call.output)
  }

  func fill(_ shape: [Int], _ value: Float, _ output: String) throws(ModelFormatError) {
    try node("Expand", [try scalar(value), try integers(shape)], output)
  }

  // MARK: Blocks

  func depthToSpace(_ x: String, _ block: Int, mode: String, _ output: String) throws(ModelFormatError) {
    try node(
      "DepthToSpace", [x], output,
      ["blocksize": ONNXAttribute(integer: block), "mode": ONNXAttribute(text: mode)])
  }

  /// The reverse of a pixel shuffle: each block of an image's channel becomes channels.
  func pixelUnshuffle(_ call: MILCall) throws(ModelFormatError) {
    let x = try call.name("x")
    let extents = try shape(x)
    let block = try call.integer("downscale_factor", default: 1)
    guard extents.count == 4, block >= 1, extents[2] % block == 0, extents[3] % block == 0 else {
      throw call.operation.malformed(
        "\(Shape(extents)) in blocks of \(block)", expected: "4 axes, rows and columns in whole blocks")
    }
    let blocks = try reshaped(
      x, [extents[0], extents[1], extents[2] / block, block, extents[3] / block, block])
    let moved = try transposed(blocks, [0, 1, 3, 5, 2, 4])
    _ = try reshaped(moved, [extents[0], -1, extents[2] / block, extents[3] / block], call.output)
  }
}
