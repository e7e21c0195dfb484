import Graph

// Convolutions and pooling.

extension CoreMLConverter {
  static let windowOperations: [String: Operation] = [
    "avg_pool": CoreMLConverter.averagePool,
    "conv": CoreMLConverter.convolution,
    "conv_transpose": CoreMLConverter.transposedConvolution,
    "l2_pool": CoreMLConverter.l2Pool,
    "max_pool": CoreMLConverter.maxPool,
  ]

  func convolution(_ call: MILCall) throws(ModelFormatError) {
    let weight = try call.name("weight")
    var attributes = try windowAttributes(call, axes: try shape(weight).count - 2)
    attributes["group"] = ONNXAttribute(integer: try call.integer("groups", default: 1))
    if let dilations = try call.integers("dilations") {
      attributes["dilations"] = ONNXAttribute(integers: dilations)
    }
    try node(
      "Conv", [try call.name("x"), weight, try call.optionalName("bias") ?? ""], call.output, attributes)
  }

  func transposedConvolution(_ call: MILCall) throws(ModelFormatError) {
    let weight = try call.name("weight")
    let kernel = Array(try shape(weight).dropFirst(2))
    var attributes = try windowAttributes(call, axes: kernel.count)
    let strides = try call.integers("strides") ?? Array(repeating: 1, count: kernel.count)
    let dilations = try call.integers("dilations") ?? Array(repeating: 1, count: kernel.count)
    attributes["group"] = ONNXAttribute(integer: try call.integer("groups", default: 1))
    attributes["dilations"] = ONNXAttribute(integers: dilations)
    if let output = try call.integers("output_shape") {
      attributes["output_padding"] = try outputPadding(
        output: Array(output.suffix(kernel.count)), input: Array(try call.shape("x").dropFirst(2)),
        kernel: kernel,
        strides: strides, dilations: dilations, attributes)
    }
    try node(
      "ConvTranspose", [try call.name("x"), weight, try call.optionalName("bias") ?? ""], call.output,
      attributes)
  }

  /// What has to be added below and right for the output's extents; nothing where padding is worked out from them.
  func outputPadding(
    output: [Int], input: [Int], kernel: [Int], strides: [Int], dilations: [Int],
    _ attributes: [String: ONNXAttribute]
  ) throws(ModelFormatError) -> ONNXAttribute? {
    guard let pads = attributes["pads"]?.integers else { return nil }
    let axes = kernel.count
    guard output.count == axes, input.count == axes, strides.count == axes, dilations.count == axes,
      pads.count == 2 * axes
    else { throw malformed("an output shape of \(output.count) axes", expected: "\(axes)") }
    var added: [Int] = []
    for axis in 0..<axes {
      let values = [
        output[axis], input[axis], strides[axis], kernel[axis], dilations[axis], pads[axis],
        pads[axis + axes],
      ]
      guard values.allSatisfy({ (0...Shape.largestExtent).contains($0) }) else {
        throw malformed("an output shape \(output)", expected: "extents of 1 and more")
      }
      let natural =
        (input[axis] - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1 - pads[axis]
        - pads[axis + axes]
      added.append(output[axis] - natural)
    }
    return ONNXAttribute(integers: added)
  }

  /// Strides and padding as attributes of an ONNX node.
  private func windowAttributes(_ call: MILCall, axes: Int) throws(ModelFormatError) -> [String:
    ONNXAttribute]
  {
    var attributes: [String: ONNXAttribute] = [:]
    if let strides = try call.integers("strides") { attributes["strides"] = ONNXAttribute(integers: strides) }
    let kind = try call.text("pad_type", default: "valid")
    switch kind {
    case "valid": attributes["pads"] = ONNXAttribute(integers: Array(repeating: 0, count: 2 * max(0, axes)))
    case "same": attributes["auto_pad"] = ONNXAttribute(text: "SAME_UPPER")
    case "same_lower": attributes["auto_pad"] = ONNXAttribute(text: "SAME_LOWER")
    case "custom":
      let pads = try call.integers("pad") ?? Array(repeating: 0, count: 2 * max(0, axes))
      attributes["pads"] = ONNXAttribute(integers: Self.onnxPads(pads))
    default:
      throw call.operation.malformed("pad_type '\(kind)'", expected: "valid, same, same_lower or custom")
    }
    return attributes
  }

  /// "Before, after" of each axis as all before, then all after.
  static func onnxPads(_ pairs: [Int]) -> [Int] {
    stride(from: 0, to: pairs.count, by: 2).map { pairs[$0] }
      + stride(from: 1, to: pairs.count, by: 2).map { pairs[$0] }
  }

  // MARK: Pooling

  func maxPool(_ call: MILCall) throws(ModelFormatError) {
    try node("MaxPool", [try call.name("x")], call.output, try poolAttributes(call))
  }

  func averagePool(_ call: MILCall) throws(ModelFormatError) {
    var attributes = try poolAttributes(call)
    let excludes = try call.flag("exclude_padding_from_average")
    attributes["count_include_pad"] = ONNXAttribute(integer: excludes ? 0 : 1)
    try node("AveragePool", [try call.name("x")], call.output, attributes)
  }

  /// The root of the sum of squares over a window.
  func l2Pool(_ call: MILCall) throws(ModelFormatError) {
    let attributes = try poolAttributes(call)
    let area = (try call.integers("kernel_sizes") ?? []).reduce(1) {
      $0.multipliedReportingOverflow(by: $1).partialValue
    }
    try alias(try l2Pooled(try call.name("x"), area: area, attributes), call.output)
  }

  func l2Pooled(
    _ x: String, area: Int, _ attributes: [String: ONNXAttribute]
  ) throws(ModelFormatError) -> String {
    var attributes = attributes
    attributes["count_include_pad"] = ONNXAttribute(integer: 1)
    let mean = try node("AveragePool", [try apply(.unary(.square), [x])], nil, attributes)
    return try node("Sqrt", [try linear(mean, Float(area), 0)])
  }

  private func poolAttributes(_ call: MILCall) throws(ModelFormatError) -> [String: ONNXAttribute] {
    guard let kernel = try call.integers("kernel_sizes") else {
      throw call.operation.malformed("no 'kernel_sizes'", expected: "the window's extents")
    }
    var attributes = try windowAttributes(call, axes: kernel.count)
    attributes["kernel_shape"] = ONNXAttribute(integers: kernel)
    if try call.flag("ceil_mode") { attributes["ceil_mode"] = ONNXAttribute(integer: 1) }
    return attributes
  }
}
