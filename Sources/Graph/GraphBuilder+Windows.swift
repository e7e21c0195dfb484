// Layers that slide a window over `[N, H, W, C]`.

extension GraphBuilder {
  public mutating func conv2d(
    _ x: TensorID, filters: Int, kernel: Size2D, strides: Size2D = .one, dilations: Size2D = .one,
    padding: Padding = .same, groups: Int = 1, activation: Activation = .none, useBias: Bool = true,
    name: String? = nil
  ) -> TensorID {
    let name = uniqueName(name ?? "conv2d")
    guard let window = window(x, kernel, strides, dilations, padding, name), groups >= 1 else {
      return fail(layerError(name, "\(groups) groups", expected: "at least 1"))
    }
    let channels = shape(of: x)[3]
    let taps = kernel.height * kernel.width
    let weights = weight(
      .kernel, "\(name)/kernel", shape: [filters, kernel.height, kernel.width, channels / groups],
      fanIn: taps * (channels / groups), fanOut: taps * (filters / groups), activation: activation)
    let bias = useBias ? weight(.bias, "\(name)/bias", shape: [filters]) : nil
    let convolution = Convolution(
      strides: strides, dilations: dilations, padding: window, groups: groups, activation: activation)
    return layer(name, .conv2d(convolution), [x, weights] + (useBias ? [bias] : []))
  }

  public mutating func depthwiseConv2d(
    _ x: TensorID, kernel: Size2D, strides: Size2D = .one, dilations: Size2D = .one, padding: Padding = .same,
    multiplier: Int = 1, activation: Activation = .none, useBias: Bool = true, name: String? = nil
  ) -> TensorID {
    let name = uniqueName(name ?? "depthwiseConv2d")
    guard let window = window(x, kernel, strides, dilations, padding, name),
      (1...Shape.largestExtent).contains(multiplier)
    else {
      return fail(layerError(name, "a multiplier of \(multiplier)", expected: "1 or more"))
    }
    let channels = shape(of: x)[3]
    let taps = kernel.height * kernel.width
    let weights = weight(
      .kernel, "\(name)/kernel", shape: [1, kernel.height, kernel.width, channels * multiplier],
      fanIn: taps, fanOut: taps * multiplier, activation: activation)
    let bias = useBias ? weight(.bias, "\(name)/bias", shape: [channels * multiplier]) : nil
    let convolution = Convolution(
      strides: strides, dilations: dilations, padding: window, groups: channels, activation: activation)
    return layer(name, .depthwiseConv2d(convolution), [x, weights] + (useBias ? [bias] : []))
  }

  /// - Parameter padding: Taken off the output. `.same` gives outputs of `extent * stride`.
  public mutating func transposeConv2d(
    _ x: TensorID, filters: Int, kernel: Size2D, strides: Size2D = .one, padding: Padding = .same,
    activation: Activation = .none, useBias: Bool = true, name: String? = nil
  ) -> TensorID {
    let name = uniqueName(name ?? "transposeConv2d")
    guard window(x, kernel, strides, .one, .valid, name) != nil else { return fail() }
    let input = shape(of: x)
    let output = Size2D(height: input[1] * strides.height, width: input[2] * strides.width)
    let window =
      switch padding {
      case .valid: Padding2D.zero
      case .explicit(let window): window
      // The padding of the convolution whose gradient this is, from the large image to the small one.
      case .same: Padding2D.same(input: output, window: kernel, strides: strides)
      }
    let taps = kernel.height * kernel.width
    let weights = weight(
      .kernel, "\(name)/kernel", shape: [filters, kernel.height, kernel.width, input[3]],
      fanIn: max(1, taps * input[3] / (strides.height * strides.width)), fanOut: taps * filters,
      activation: activation)
    let bias = useBias ? weight(.bias, "\(name)/bias", shape: [filters]) : nil
    let convolution = Convolution(strides: strides, padding: window, activation: activation)
    return layer(name, .transposeConv2d(convolution), [x, weights] + (useBias ? [bias] : []))
  }

  public mutating func maxPool(
    _ x: TensorID, window: Size2D, strides: Size2D? = nil, padding: Padding = .valid, name: String? = nil
  ) -> TensorID {
    pool(.max, x, window, strides, padding, name ?? "maxPool")
  }

  public mutating func averagePool(
    _ x: TensorID, window: Size2D, strides: Size2D? = nil, padding: Padding = .valid, name: String? = nil
  ) -> TensorID {
    pool(.average, x, window, strides, padding, name ?? "averagePool")
  }

  /// The mean over height and width: `[N, H, W, C]` to `[N, C]`, or `[N, 1, 1, C]`.
  public mutating func globalAveragePool(
    _ x: TensorID, keepsDimensions: Bool = false, name: String? = nil
  ) -> TensorID {
    apply(
      .reduce(.mean, axes: [1, 2], keepsDimensions: keepsDimensions), [x], name: name ?? "globalAveragePool")
  }

  private mutating func pool(
    _ kind: Pooling.Kind, _ x: TensorID, _ size: Size2D, _ strides: Size2D?, _ padding: Padding,
    _ name: String
  ) -> TensorID {
    let strides = strides ?? size
    guard let window = window(x, size, strides, .one, padding, name) else { return fail() }
    return apply(
      .pool2d(Pooling(kind: kind, window: size, strides: strides, padding: window)), [x], name: name)
  }

  /// The explicit padding of a window, or `nil` (and the failure noted) where it does not fit its input.
  private mutating func window(
    _ x: TensorID, _ kernel: Size2D, _ strides: Size2D, _ dilations: Size2D, _ padding: Padding,
    _ name: String
  ) -> Padding2D? {
    // Window products must not overflow before shape inference sees them.
    let range = 1...(1 << 12)
    guard shape(of: x).rank == 4 else {
      _ = fail(layerError(name, "x is \(type(of: x))", expected: "4 axes"))
      return nil
    }
    guard
      [kernel, strides, dilations].allSatisfy({ range.contains($0.height) && range.contains($0.width) })
    else {
      _ = fail(
        layerError(
          name,
          "window \(kernel.height)x\(kernel.width), strides \(strides.height)x\(strides.width), "
            + "dilations \(dilations.height)x\(dilations.width)", expected: "1 to \(range.upperBound) each"))
      return nil
    }
    switch padding {
    case .valid: return .zero
    case .explicit(let padding): return padding
    case .same:
      let input = Size2D(height: shape(of: x)[1], width: shape(of: x)[2])
      return .same(input: input, window: kernel, strides: strides, dilations: dilations)
    }
  }

  private mutating func fail() -> TensorID {
    fail(GraphError(place: "", found: "", expected: ""))  // the first failure stands
  }

  func layerError(_ name: String, _ found: String, expected: String) -> GraphError {
    GraphError(place: "layer '\(name)'", found: found, expected: expected)
  }
}
