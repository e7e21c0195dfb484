import Graph

/// The sliding window that a node's attributes describe, over one axis or two; one axis is the width.
struct ONNXWindow {
  var size: Size2D
  var strides: Size2D
  var dilations: Size2D
  var padding: Padding2D
  private let input: Size2D

  /// - Parameters:
  ///   - kernel: The window's extent along each axis.
  ///   - input: The input's shape, as ONNX writes it.
  ///   - resolvesPadding: Whether `auto_pad` is that of a convolution or pooling.
  init(
    _ node: ONNXNode, kernel: [Int], input: Shape, resolvesPadding: Bool = true
  ) throws(ModelFormatError) {
    let axes = kernel.count
    guard (1...2).contains(axes) else {
      throw node.unsupported("slides over \(axes) axes")
    }
    guard input.rank == axes + 2 else {
      throw node.malformed("an input of \(input)", expected: "\(axes + 2) axes for a window of \(axes)")
    }
    func size(_ values: [Int], _ role: String, _ range: ClosedRange<Int> = 1...Shape.largestExtent)
      throws(ModelFormatError) -> Size2D
    {
      guard values.count == axes, values.allSatisfy({ range.contains($0) }) else {
        throw node.malformed("\(role) \(values)", expected: "\(axes) of \(range.lowerBound) and more")
      }
      return axes == 1
        ? Size2D(height: 1, width: values[0]) : Size2D(height: values[0], width: values[1])
    }
    let ones = Array(repeating: 1, count: axes)
    if let declared = try node.integers("kernel_shape"), declared != kernel {
      throw node.malformed("kernel_shape \(declared)", expected: "\(kernel), as the weights have")
    }
    self.size = try size(kernel, "window")
    strides = try size(try node.integers("strides") ?? ones, "strides")
    dilations = try size(try node.integers("dilations") ?? ones, "dilations")
    self.input = try size(Array(input.dimensions.dropFirst(2)), "input extents")
    let pads = try node.integers("pads") ?? Array(repeating: 0, count: 2 * axes)
    guard pads.count == 2 * axes,
      pads.allSatisfy({ (-Shape.largestExtent...Shape.largestExtent).contains($0) })
    else {
      throw node.malformed("pads \(pads)", expected: "\(2 * axes) numbers")
    }
    padding =
      axes == 1
      ? Padding2D(top: 0, left: pads[0], bottom: 0, right: pads[1])
      : Padding2D(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3])
    if resolvesPadding { try resolvePadding(node) }
  }

  private mutating func resolvePadding(_ node: ONNXNode) throws(ModelFormatError) {
    let mode = try node.string("auto_pad", default: "NOTSET")
    switch mode {
    case "NOTSET", "": break
    case "VALID": padding = .zero
    case "SAME_UPPER", "SAME_LOWER":
      padding = .same(input: input, window: size, strides: strides, dilations: dilations)
      if mode == "SAME_LOWER" {
        padding = Padding2D(
          top: padding.bottom, left: padding.right, bottom: padding.top, right: padding.left)
      }
    default:
      throw node.malformed("auto_pad '\(mode)'", expected: "NOTSET, VALID, SAME_UPPER or SAME_LOWER")
    }
  }

  /// The padding of a transposed convolution: what is taken off the output, less what `output_padding` adds.
  mutating func resolveTransposedPadding(_ node: ONNXNode) throws(ModelFormatError) {
    let axes = try node.integers("strides")?.count ?? 2
    func pair(_ values: [Int], _ role: String) throws(ModelFormatError) -> Size2D {
      guard (1...2).contains(values.count), values.allSatisfy({ (0...Shape.largestExtent).contains($0) })
      else {
        throw node.malformed("\(role) \(values)", expected: "\(axes) of 0 and more")
      }
      return Size2D(height: values.count == 1 ? 0 : values[0], width: values[values.count - 1])
    }
    let added = try pair(try node.integers("output_padding") ?? [0, 0], "output_padding")
    // Without padding, and with what output_padding adds.
    let full = Size2D(
      height: (input.height - 1) * strides.height + (size.height - 1) * dilations.height + 1 + added.height,
      width: (input.width - 1) * strides.width + (size.width - 1) * dilations.width + 1 + added.width)
    let mode = try node.string("auto_pad", default: "NOTSET")
    if let extents = try node.integers("output_shape") {
      var wanted = try pair(Array(extents.suffix(2)), "output_shape")
      if extents.count == 1 { wanted.height = full.height }
      padding = Self.split(
        rows: full.height - wanted.height, columns: full.width - wanted.width, upper: mode != "SAME_LOWER")
    } else {
      switch mode {
      case "SAME_UPPER", "SAME_LOWER":
        padding = Self.split(
          rows: full.height - input.height * strides.height,
          columns: full.width - input.width * strides.width,
          upper: mode == "SAME_UPPER")
      case "VALID": padding = .zero
      default: break
      }
    }
    padding.bottom -= added.height
    padding.right -= added.width
  }

  /// Half of the padding on each side, the odd row below for "upper".
  private static func split(rows: Int, columns: Int, upper: Bool) -> Padding2D {
    let (short, long) = (
      Size2D(height: rows / 2, width: columns / 2),
      Size2D(height: rows - rows / 2, width: columns - columns / 2)
    )
    return upper
      ? Padding2D(top: short.height, left: short.width, bottom: long.height, right: long.width)
      : Padding2D(top: long.height, left: long.width, bottom: short.height, right: short.width)
  }

  /// Cuts a window that is larger than the padded image, by less than a stride, down to it.
  ///
  /// ONNX Runtime divides the negative rest toward 0, which leaves one window; it sees what there is of the image.
  mutating func shrinkToImage() {
    func extent(_ window: Int, _ room: Int, _ stride: Int) -> Int {
      room >= 1 && window > room && window - room < stride ? room : window
    }
    size.height = extent(size.height, input.height + padding.top + padding.bottom, strides.height)
    size.width = extent(size.width, input.width + padding.left + padding.right, strides.width)
  }

  /// Rounds the number of windows up (`ceil_mode`): the padding below and right that makes room for the last ones.
  ///
  /// A window that would start in the padding at the end is left out.
  mutating func coverEnds(of image: Shape) {
    func end(_ extent: Int, _ before: Int, _ after: Int, _ window: Int, _ stride: Int) -> Int {
      let span = max(0, extent + before + after - window)
      var count = (span + stride - 1) / stride + 1
      if (count - 1) * stride >= extent + before { count -= 1 }
      return max(0, (count - 1) * stride + window - extent - before)
    }
    padding.bottom = end(image[1], padding.top, padding.bottom, size.height, strides.height)
    padding.right = end(image[2], padding.left, padding.right, size.width, strides.width)
  }
}
