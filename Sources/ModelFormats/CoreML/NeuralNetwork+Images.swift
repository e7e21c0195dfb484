import Graph

// Layers on images: convolutions, pooling, padding, resizing.

extension CoreMLConverter {
  static let imageLayers: [Int: Layer] = [
    100: CoreMLConverter.convolutionLayer, 120: CoreMLConverter.poolingLayer, 190: CoreMLConverter.cropLayer,
    200: CoreMLConverter.paddingLayer, 210: CoreMLConverter.upsampleLayer, 211: CoreMLConverter.resizeLayer,
    345: CoreMLConverter.reorganizeLayer,
  ]

  private func convolutionLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    guard layer.inputs.count == 1 else {
      throw unsupported("is a convolution with weights that are computed")
    }
    let p = layer.parameters
    let kernel = try p.integers(20).isEmpty ? [3, 3] : try p.integers(20)
    let strides = try p.integers(30).isEmpty ? [1, 1] : try p.integers(30)
    let dilations = try p.integers(40).isEmpty ? [1, 1] : try p.integers(40)
    let groups = max(1, try p.integer(10))
    let (outputs, kernelChannels) = (try p.integer(1), try p.integer(2))
    let isTransposed = try p.flag(60)
    guard outputs >= 1, outputs % groups == 0, kernel.count == 2, strides.count == 2, dilations.count == 2
    else {
      throw malformed(
        "\(outputs) output channels in \(groups) groups", expected: "whole groups, and two axes")
    }
    var attributes = try paddingAttributes(p, valid: 50, same: 51)
    attributes["strides"] = ONNXAttribute(integers: strides)
    attributes["dilations"] = ONNXAttribute(integers: dilations)
    attributes["group"] = ONNXAttribute(integer: groups)
    let bias = try p.flag(70) ? try weights(layer, 91, [outputs]) : ""
    let (image, leading) = try asImage(try blob(layer))
    let result: String
    if isTransposed {
      let filters = try weights(layer, 90, [kernelChannels, outputs / groups] + kernel)
      let output = try p.integers(100)
      if output.count == 2 {
        attributes["output_padding"] = try outputPadding(
          output: output, input: Array(try shape(image).suffix(2)), kernel: kernel, strides: strides,
          dilations: dilations, attributes)
      }
      result = try node("ConvTranspose", [image, filters, bias], nil, attributes)
    } else {
      let filters = try weights(layer, 90, [outputs, kernelChannels] + kernel)
      result = try node("Conv", [image, filters, bias], nil, attributes)
    }
    try set(layer, try fromImage(result, leading: leading))
  }

  private func paddingAttributes(
    _ p: ProtobufRecord, valid: Int, same: Int
  ) throws(ModelFormatError) -> [String: ONNXAttribute] {
    if p.has(same) {
      let isTopHeavy = try p.record(same).integer(1) == 1
      return ["auto_pad": ONNXAttribute(text: isTopHeavy ? "SAME_LOWER" : "SAME_UPPER")]
    }
    return ["pads": ONNXAttribute(integers: Self.onnxPads(try edges(try p.record(valid).record(1))))]
  }

  /// The start and end of rows, then of columns.
  private func edges(_ borders: ProtobufRecord) throws(ModelFormatError) -> [Int] {
    var edges: [Int] = []
    for edge in try borders.messages(10) {
      let sizes = try ProtobufRecord(edge)
      edges += [try sizes.integer(1), try sizes.integer(2)]
    }
    guard edges.isEmpty || edges.count == 4 else {
      throw malformed("borders of \(edges.count / 2) axes", expected: "2")
    }
    return edges.isEmpty ? [0, 0, 0, 0] : edges
  }

  private func poolingLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let p = layer.parameters
    let kind = try p.integer(1)
    guard (0...2).contains(kind) else { throw malformed("pooling of kind \(kind)", expected: "0 to 2") }
    let x = try blob(layer)
    if try p.flag(60) {
      let rank = try shape(x).count
      guard rank >= 2 else { throw malformed("\(rank) axes", expected: "rows and columns") }
      let axes = [rank - 2, rank - 1]
      let result =
        switch kind {
        case 0: try reduced("ReduceMax", x, axes)
        case 1: try reduced("ReduceMean", x, axes)
        default: try reduced("ReduceL2", x, axes)
        }
      return try set(layer, result)
    }
    let kernel = try p.integers(10).isEmpty ? [3, 3] : try p.integers(10)
    var attributes = try paddingAttributes(p, valid: 30, same: 31)
    if p.has(32) {
      // As Caffe does it: the last windows may reach beyond the padding.
      let amounts = try p.record(32).integers(10)
      let (rows, columns) = (amounts.first ?? 0, amounts.count > 1 ? amounts[1] : amounts.first ?? 0)
      attributes["pads"] = ONNXAttribute(integers: [rows, columns, rows, columns])
      attributes["ceil_mode"] = ONNXAttribute(integer: 1)
    }
    attributes["kernel_shape"] = ONNXAttribute(integers: kernel)
    attributes["strides"] = ONNXAttribute(integers: try p.integers(20).isEmpty ? [1, 1] : try p.integers(20))
    let (image, leading) = try asImage(x)
    let result: String
    switch kind {
    case 0: result = try node("MaxPool", [image], nil, attributes)
    case 1:
      attributes["count_include_pad"] = ONNXAttribute(integer: try p.flag(50) ? 0 : 1)
      result = try node("AveragePool", [image], nil, attributes)
    default:
      let area = kernel.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
      result = try l2Pooled(image, area: area, attributes)
    }
    try set(layer, try fromImage(result, leading: leading))
  }

  private func cropLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let x = try blob(layer)
    let extents = try shape(x)
    let rank = extents.count
    guard rank >= 2 else { throw malformed("\(rank) axes", expected: "rows and columns") }
    var starts: [Int]
    var ends: [Int]
    if layer.inputs.count > 1 {
      let like = try shape(try blob(layer, 1))
      let offsets = try layer.parameters.integers(5)
      starts = offsets.count == 2 ? offsets : [0, 0]
      guard like.count >= 2 else { throw malformed("\(like.count) axes", expected: "rows and columns") }
      ends = [starts[0] &+ like[like.count - 2], starts[1] &+ like[like.count - 1]]
    } else {
      let amounts = try edges(try layer.parameters.record(1))
      starts = [amounts[0], amounts[2]]
      ends = [extents[rank - 2] &- amounts[1], extents[rank - 1] &- amounts[3]]
    }
    try set(layer, try slice(x, starts: starts, ends: ends, axes: [rank - 2, rank - 1], steps: [1, 1]))
  }

  private func paddingLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let p = layer.parameters
    let x = try blob(layer)
    let rank = try shape(x).count
    guard rank >= 2 else { throw malformed("\(rank) axes", expected: "rows and columns") }
    let amounts = Array(repeating: 0, count: 2 * (rank - 2)) + (try edges(try p.record(10)))
    let mode = p.has(2) ? "reflect" : p.has(3) ? "edge" : "constant"
    let value = try p.record(1).float(1)
    try set(
      layer,
      try node(
        "Pad", [x, try integers(Self.onnxPads(amounts)), try scalar(value)], nil,
        ["mode": ONNXAttribute(text: mode)]))
  }

  private func upsampleLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let p = layer.parameters
    let x = try blob(layer)
    let extents = try shape(x)
    let fractional = try p.floats(7)
    var factors: [Float] = []
    if fractional.count == 2 { factors = fractional } else { factors = try p.integers(1).map { Float($0) } }
    guard factors.count == 2 || factors.isEmpty, extents.count >= 2 else {
      throw malformed("\(factors.count) factors", expected: "2")
    }
    if factors.isEmpty { factors = [1, 1] }
    var sizes: [Int] = []
    for (extent, factor) in zip(extents.suffix(2), factors) {
      let size = Double(extent) * Double(factor)
      guard size >= 1, size <= Double(Shape.largestExtent) else {
        throw malformed("a factor of \(factor)", expected: "one that leaves an element")
      }
      sizes.append(Int(size))
    }
    let linear: [Sampling] = [.fromCorner, .alignedCorners, .halfPixel]
    let mode = try p.integer(6)
    guard linear.indices.contains(mode) else { throw malformed("mode \(mode)", expected: "0 to 2") }
    let output = freshName("upsampled")
    try resize(
      x, height: sizes[0], width: sizes[1], try p.integer(5) == 0 ? .nearest : linear[mode], output)
    try set(layer, output)
  }

  private func resizeLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let p = layer.parameters
    let sizes = try p.integers(1).isEmpty ? [1, 1] : try p.integers(1)
    guard sizes.count == 2 else { throw malformed("\(sizes.count) sizes", expected: "2") }
    let sampling: Sampling
    switch try p.record(2).integer(1) {
    case 0, 1: sampling = .alignedCorners
    case 2: sampling = .fromCorner
    case let method: throw unsupported("samples by method \(method)")
    }
    let output = freshName("resized")
    try resize(try blob(layer), height: sizes[0], width: sizes[1], sampling, output)
    try set(layer, output)
  }

  private func reorganizeLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let (image, leading) = try asImage(try blob(layer))
    let block = try layer.parameters.integer(2)
    let output = freshName("blocks")
    switch try layer.parameters.integer(1) {
    case 0: try node("SpaceToDepth", [image], output, ["blocksize": ONNXAttribute(integer: block)])
    case 1: try depthToSpace(image, block, mode: "DCR", output)
    case 2: try depthToSpace(image, block, mode: "CRD", output)
    case let mode: throw unsupported("reorganizes in mode \(mode)")
    }
    try set(layer, try fromImage(output, leading: leading))
  }
}
