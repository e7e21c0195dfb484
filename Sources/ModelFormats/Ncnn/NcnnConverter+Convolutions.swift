import Graph

// Layers with weights that slide a window over an image.

extension NcnnConverter {
  /// What Convolution, Deconvolution and their grouped kin have in common.
  struct Window {
    var outputs: Int
    var kernel: Size2D
    var dilations: Size2D
    var strides: Size2D
    var groups: Int
    var hasBias: Bool
    var weightCount: Int
    var int8Term: Int

    /// Extents are bounded so that the products of windows are, too.
    init(_ layer: NcnnLayer) throws(NcnnError) {
      func size(_ width: Int, _ height: Int, default standard: Int) throws(NcnnError) -> Size2D {
        let columns = try layer.extent(width, default: standard, in: 1...4096)
        return Size2D(height: try layer.extent(height, default: columns, in: 1...4096), width: columns)
      }
      outputs = try layer.extent(0, default: 0, in: 1...Shape.largestExtent)
      kernel = try size(1, 11, default: 0)
      dilations = try size(2, 12, default: 1)
      strides = try size(3, 13, default: 1)
      groups = try layer.extent(7, default: 1, in: 1...Shape.largestExtent)
      hasBias = try layer.flag(5)
      weightCount = try layer.integer(6, default: 0)
      int8Term = try layer.integer(8, default: 0)
    }
  }

  mutating func convolution(_ layer: NcnnLayer, isGrouped: Bool) throws(NcnnError) {
    if try layer.flag(19) {
      throw NcnnError(place: layer.place, found: "takes its weights from another layer")
    }
    var window = try Window(layer)
    if !isGrouped { window.groups = 1 }
    let blob = try bottom(layer)
    if blob.dimensions.count == 1, window.kernel == .one {
      return try product(layer, outputs: window.outputs, hasBias: window.hasBias, window.weightCount)
    }
    let image = try channelsLast(blob, layer)
    let channels = blob.dimensions[0]
    let taps = window.kernel.height * window.kernel.width
    guard channels % window.groups == 0, window.outputs % window.groups == 0 else {
      throw NcnnError(
        place: layer.place,
        found: "\(channels) input and \(window.outputs) output channels in \(window.groups) groups",
        expected: "multiples of the number of groups")
    }
    let depth = channels / window.groups
    let count = window.outputs * depth * taps
    guard window.weightCount == count else {
      throw NcnnError(
        place: layer.place, found: "\(window.weightCount) weights (parameter 6)",
        expected: "\(count): \(window.outputs)x\(depth)x\(window.kernel.height)x\(window.kernel.width)")
    }
    let padding = try padding(
      of: window, input: Size2D(height: blob.dimensions[1], width: blob.dimensions[2]), layer)
    let padded = try padded(image, padding, value: try layer.number(18, default: 0), layer)
    let isDepthwise = window.groups > 1 && depth == 1
    let kernel = try kernel(
      layer, [window.outputs, depth, window.kernel.height, window.kernel.width],
      fanIn: depth * taps, isDepthwise: isDepthwise)
    let bias = window.hasBias ? try biases(layer, window.outputs) : nil
    let scales = try scales(layer, window, isGrouped: isGrouped)
    let x = try quantized(padded.id, scales, layer)
    let weights = try widened(kernel, scales, axis: isDepthwise ? 3 : 0, layer)
    let convolution = Convolution(
      strides: window.strides, dilations: window.dilations, padding: padded.padding,
      groups: isDepthwise ? 1 : window.groups)
    let result = try emit(
      isDepthwise ? .depthwiseConv2d(convolution) : .conv2d(convolution),
      [x, weights] + (bias.map { [$0] } ?? []),
      layer)
    let activated = try requantized(try activation(result, layer), scales, layer)
    try finish(layer, image: activated)
  }

  /// Explicit, or as TensorFlow's SAME with the odd row below (-233) or above (-234).
  private func padding(
    of window: Window, input: Size2D, _ layer: NcnnLayer
  ) throws(NcnnError) -> Padding2D {
    let left = try layer.extent(4, default: 0, in: -234...4096)
    if left == -233 || left == -234 {
      let same = Padding2D.same(
        input: input, window: window.kernel, strides: window.strides, dilations: window.dilations)
      guard left == -234 else { return same }
      return Padding2D(top: same.bottom, left: same.right, bottom: same.top, right: same.left)
    }
    let top = try layer.extent(14, default: left, in: 0...4096)
    return Padding2D(
      top: top, left: try layer.extent(4, default: 0, in: 0...4096),
      bottom: try layer.extent(16, default: top, in: 0...4096),
      right: try layer.extent(15, default: left, in: 0...4096))
  }

  /// A window pads with zeros; another value takes a node of its own.
  private mutating func padded(
    _ image: TensorID, _ padding: Padding2D, value: Float, _ layer: NcnnLayer
  ) throws(NcnnError) -> (id: TensorID, padding: Padding2D) {
    guard value != 0, padding != .zero else { return (image, padding) }
    let pad = Operator.pad(
      before: [0, padding.top, padding.left, 0], after: [0, padding.bottom, padding.right, 0],
      mode: .constant(value))
    return (try emit(pad, [image], layer), .zero)
  }

  /// A transposed convolution. In groups, it is a convolution over an image with zeros between its pixels.
  mutating func deconvolution(_ layer: NcnnLayer) throws(NcnnError) {
    var window = try Window(layer)
    if layer.type == "Deconvolution" { window.groups = 1 }
    let blob = try bottom(layer)
    let image = try channelsLast(blob, layer)
    let channels = blob.dimensions[0]
    guard channels % window.groups == 0, window.outputs % window.groups == 0 else {
      throw NcnnError(
        place: layer.place, found: "\(channels) channels to \(window.outputs) in \(window.groups) groups",
        expected: "multiples of the number of groups")
    }
    guard window.dilations == .one, try layer.integer(20, default: 0) == 0, window.int8Term == 0 else {
      throw NcnnError(place: layer.place, found: "is dilated, quantized, or has a target size")
    }
    let (height, width) = (window.kernel.height, window.kernel.width)
    let left = try layer.extent(4, default: 0, in: 0...4096)
    let top = try layer.extent(14, default: left, in: 0...4096)
    let padding = Padding2D(
      top: top, left: left,
      bottom: try layer.extent(16, default: top, in: 0...4096) - layer.extent(19, default: 0, in: 0...4096),
      right: try layer.extent(15, default: left, in: 0...4096) - layer.extent(18, default: 0, in: 0...4096))
    let isGrouped = window.groups > 1
    let depth = channels / window.groups
    guard window.weightCount == window.outputs * depth * height * width else {
      throw NcnnError(
        place: layer.place, found: "\(window.weightCount) weights (parameter 6)",
        expected: "\(window.outputs)x\(depth)x\(height)x\(width)")
    }
    let isDepthwise = isGrouped && depth == 1
    let kernel = try kernel(
      layer, [window.outputs, depth, height, width], fanIn: depth * height * width, isDepthwise: isDepthwise,
      isMirrored: isGrouped)
    let bias = window.hasBias ? try biases(layer, window.outputs) : nil
    let operands = [try widened(kernel, nil, axis: 0, layer)] + (bias.map { [$0] } ?? [])
    let result: TensorID
    if isGrouped {
      let spread = try spread(image, window.strides, layer)
      // A window starts before the image by all but the one tap that the padding leaves.
      let rows = (height - 1 - padding.top, height - window.strides.height - padding.bottom)
      let columns = (width - 1 - padding.left, width - window.strides.width - padding.right)
      let around = Padding2D(
        top: max(0, rows.0), left: max(0, columns.0), bottom: max(0, rows.1), right: max(0, columns.1))
      let cropped = try cropped(
        spread, top: -min(0, rows.0), bottom: -min(0, rows.1), left: -min(0, columns.0),
        right: -min(0, columns.1), layer)
      let convolution = Convolution(padding: around, groups: isDepthwise ? 1 : window.groups)
      result = try emit(
        isDepthwise ? .depthwiseConv2d(convolution) : .conv2d(convolution), [cropped] + operands, layer)
    } else {
      result = try emit(
        .transposeConv2d(Convolution(strides: window.strides, padding: padding)), [image] + operands, layer)
    }
    try finish(layer, image: try activation(result, layer))
  }

  /// `[1, H, W, C]` with `strides - 1` zeros after each pixel.
  private mutating func spread(
    _ image: TensorID, _ strides: Size2D, _ layer: NcnnLayer
  ) throws(NcnnError) -> TensorID {
    guard strides != .one else { return image }
    let shape = shape(image)
    let apart = try reshaped(image, [shape[1], 1, shape[2], 1, shape[3]], layer)
    let padded = try emit(
      .pad(
        before: [0, 0, 0, 0, 0], after: [0, strides.height - 1, 0, strides.width - 1, 0], mode: .constant(0)),
      [apart], layer)
    return try reshaped(
      padded, [1, shape[1] * strides.height, shape[2] * strides.width, shape[3]], layer)
  }

  private mutating func cropped(
    _ image: TensorID, top: Int, bottom: Int, left: Int, right: Int, _ layer: NcnnLayer
  ) throws(NcnnError) -> TensorID {
    guard max(top, bottom, left, right) > 0 else { return image }
    let shape = shape(image)
    return try emit(
      .slice(begin: [0, top, left, 0], strides: [1, 1, 1, 1]), [image], layer,
      shape: [1, shape[1] - top - bottom, shape[2] - left - right, shape[3]])
  }
}
