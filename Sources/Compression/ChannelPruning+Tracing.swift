internal import Graph

extension ChannelPruning {
  /// The most spaces along one axis that are followed; a flattened image has one for each pixel.
  private static let mostSpaces = 1 << 16

  /// Follows the channels through a node.
  mutating func trace(_ node: Node) throws(CompressionError) {
    guard let output = node.outputs.first, case let x?? = node.inputs.first, node.outputs.count == 1 else {
      return fixAll(node)
    }
    let last = source[x].shape.rank - 1
    switch node.op {
    case .conv2d(let window) where window.groups == 1: try traceLayer(node, x, output)
    case .transposeConv2d, .fullyConnected: try traceLayer(node, x, output)
    case .depthwiseConv2d:
      let isPlain = source[x].shape.dimensions.last == source[output].shape.dimensions.last
      isPlain && hasConstants(node, from: 1) ? pass(x, to: output) : fixAll(node)
    case .batchNorm: hasConstants(node, from: 1) ? pass(x, to: output) : fixAll(node)
    case .unary, .pool2d, .cast, .resize: pass(x, to: output)
    case .binary: traceBinary(node, output)
    case .softmax(let axis, _) where axis != last, .logSoftmax(let axis) where axis != last:
      pass(x, to: output)
    case .reduce(_, let axes, _) where !axes.contains(last): pass(x, to: output)
    case .transpose(let permutation) where permutation.last == last: pass(x, to: output)
    case .tile(let multiples) where multiples.last == 1: pass(x, to: output)
    case .pad(let before, let after, _) where before.last == 0 && after.last == 0: pass(x, to: output)
    case .slice, .broadcast:
      // A slice of all channels takes them in order only if it does not run backwards.
      let isWhole = source[x].shape.dimensions.last == source[output].shape.dimensions.last
      if case .slice(_, let strides) = node.op, strides.last != 1 { return fixAll(node) }
      isWhole ? pass(x, to: output) : fixAll(node)
    case .gather(let axis) where axis != last && source[x].constant == nil: pass(x, to: output)
    case .concat(let axis, _): traceConcat(node, output, isAlongChannels: axis == last)
    case .reshape: traceReshape(x, output)
    default: fixAll(node)
    }
  }

  private mutating func pass(_ input: TensorID, to output: TensorID) { layouts[output] = layout(of: input) }

  private mutating func fixAll(_ node: Node) {
    for case let id? in node.inputs where source[id].constant == nil { fix(id) }
    for id in node.outputs { fix(id) }
  }

  /// Whether all inputs from `first` on are left out or f32 constants.
  private func hasConstants(_ node: Node, from first: Int) -> Bool {
    node.inputs.dropFirst(first).allSatisfy { id in
      id.map { source[$0].elementType == .f32 && source[$0].constant != nil } ?? true
    }
  }

  private mutating func traceLayer(
    _ node: Node, _ x: TensorID, _ output: TensorID
  ) throws(CompressionError) {
    guard node.inputs.count > 1, let weights = node.inputs[1], hasConstants(node, from: 1),
      let values = try source[weights].finiteReals(), let count = source[weights].shape.dimensions.first
    else { return fixAll(node) }
    _ = layout(of: x)
    let size = values.count / max(1, count)
    let given = importance[weights].flatMap { $0.count == count ? $0 : nil }
    let norms =
      given
      ?? (0..<count).map { channel in
        values[channel * size..<(channel + 1) * size].reduce(0) { $0 + Double($1.magnitude) }
      }
    layouts[output] = [spaces.add(count: count, norms: norms)]
  }

  private mutating func traceBinary(_ node: Node, _ output: TensorID) {
    let channels = source[output].shape.dimensions.last
    let activations = node.inputs.compactMap { $0 }.filter { source[$0].constant == nil }
    let carriers = activations.filter { source[$0].shape.dimensions.last == channels }
    let constants = node.inputs.compactMap { $0 }.filter { source[$0].constant != nil }
    // A constant of one element a channel is sliced along; other types than f32 are not.
    let canSlice = constants.allSatisfy {
      source[$0].elementType == .f32 || source[$0].shape.dimensions.last ?? 1 == 1
    }
    guard let first = carriers.first, canSlice else { return fixAll(node) }
    // An operand of one channel is repeated over all; it has no other to lose.
    for id in activations { carriers.contains(id) ? join(first, id) : fix(id) }
    pass(first, to: output)
  }

  private mutating func traceConcat(_ node: Node, _ output: TensorID, isAlongChannels: Bool) {
    let inputs = node.inputs.compactMap { $0 }
    if isAlongChannels {
      var layout: [Int] = []
      for id in inputs { layout += self.layout(of: id) }
      guard layout.count <= Self.mostSpaces else { return fixAll(node) }
      layouts[output] = layout
    } else if inputs.contains(where: { source[$0].constant != nil }) {
      fixAll(node)
    } else {
      for id in inputs.dropFirst() { join(inputs[0], id) }
      pass(inputs[0], to: output)
    }
  }

  /// Channels stay the innermost where the new last axis is made of whole rows of them.
  private mutating func traceReshape(_ x: TensorID, _ output: TensorID) {
    let (old, new) = (source[x].shape.dimensions, source[output].shape.dimensions)
    guard let channels = old.last, let width = new.last, channels > 0, width % channels == 0 else {
      fix(x)
      return fix(output)
    }
    var trailing = 1
    let isWhole = old.reversed().contains { extent in
      trailing *= extent
      return trailing == width
    }
    let inner = layout(of: x)
    guard isWhole, width / channels <= Self.mostSpaces / max(1, inner.count) else {
      fix(x)
      return fix(output)
    }
    layouts[output] = Array(repeatElement(inner, count: width / channels).joined())
  }
}
