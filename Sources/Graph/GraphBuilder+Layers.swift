// Layers of products, normalization, elements and movement.

extension GraphBuilder {
  /// A fully connected layer over the last axis. `[N, I]` gives `[N, units]`; further leading axes stay.
  public mutating func dense(
    _ x: TensorID, units: Int, activation: Activation = .none, useBias: Bool = true, name: String? = nil
  ) -> TensorID {
    let name = uniqueName(name ?? "dense")
    guard let depth = shape(of: x).dimensions.last else {
      return fail(layerError(name, "x is a scalar", expected: "at least 1 axis"))
    }
    let weights = weight(
      .kernel, "\(name)/kernel", shape: [units, depth], fanIn: depth, fanOut: units, activation: activation)
    let bias = useBias ? weight(.bias, "\(name)/bias", shape: [units]) : nil
    return layer(
      name, .fullyConnected(activation: activation, keepsLeadingAxes: true),
      [x, weights] + (useBias ? [bias] : []))
  }

  public mutating func matMul(
    _ a: TensorID, _ b: TensorID, transposeA: Bool = false, transposeB: Bool = false, name: String? = nil
  ) -> TensorID {
    apply(.matMul(transposeA: transposeA, transposeB: transposeB), [a, b], name: name)
  }

  /// Normalizes the last axis to mean 0 and variance 1, then scales and shifts it.
  public mutating func layerNorm(_ x: TensorID, epsilon: Float = 1e-6, name: String? = nil) -> TensorID {
    let name = uniqueName(name ?? "layerNorm")
    let shape = Shape(Array(shape(of: x).dimensions.suffix(1)))
    let scale = weight(.scale, "\(name)/scale", shape: shape)
    let bias = weight(.bias, "\(name)/bias", shape: shape)
    return layer(name, .layerNorm(axes: 1, epsilon: epsilon), [x, scale, bias])
  }

  /// Scales and shifts each channel by statistics from training.
  public mutating func batchNorm(_ x: TensorID, epsilon: Float = 1e-3, name: String? = nil) -> TensorID {
    let name = uniqueName(name ?? "batchNorm")
    let shape = Shape(Array(shape(of: x).dimensions.suffix(1)))
    let operands = [
      weight(.scale, "\(name)/scale", shape: shape), weight(.bias, "\(name)/bias", shape: shape),
      weight(.mean, "\(name)/mean", shape: shape), weight(.variance, "\(name)/variance", shape: shape),
    ]
    return layer(name, .batchNorm(epsilon: epsilon), [x] + operands)
  }

  public mutating func unary(_ unary: Unary, _ x: TensorID, name: String? = nil) -> TensorID {
    apply(.unary(unary), [x], name: name)
  }
  public mutating func relu(_ x: TensorID, name: String? = nil) -> TensorID { unary(.relu, x, name: name) }
  public mutating func relu6(_ x: TensorID, name: String? = nil) -> TensorID { unary(.relu6, x, name: name) }
  public mutating func sigmoid(_ x: TensorID, name: String? = nil) -> TensorID {
    unary(.sigmoid, x, name: name)
  }
  public mutating func tanh(_ x: TensorID, name: String? = nil) -> TensorID { unary(.tanh, x, name: name) }
  public mutating func hardSwish(_ x: TensorID, name: String? = nil) -> TensorID {
    unary(.hardSwish, x, name: name)
  }
  public mutating func gelu(_ x: TensorID, approximate: Bool = false, name: String? = nil) -> TensorID {
    unary(.gelu(approximate: approximate), x, name: name)
  }

  public mutating func binary(
    _ binary: Binary, _ a: TensorID, _ b: TensorID, activation: Activation = .none, name: String? = nil
  ) -> TensorID {
    apply(.binary(binary, activation: activation), [a, b], name: name)
  }
  public mutating func add(
    _ a: TensorID, _ b: TensorID, activation: Activation = .none, name: String? = nil
  ) -> TensorID {
    binary(.add, a, b, activation: activation, name: name)
  }
  public mutating func multiply(
    _ a: TensorID, _ b: TensorID, activation: Activation = .none, name: String? = nil
  ) -> TensorID {
    binary(.multiply, a, b, activation: activation, name: name)
  }

  public mutating func softmax(_ x: TensorID, axis: Int? = nil, name: String? = nil) -> TensorID {
    apply(.softmax(axis: axis ?? shape(of: x).rank - 1, beta: 1), [x], name: name)
  }

  public mutating func reduce(
    _ reduction: Reduction, _ x: TensorID, axes: [Int], keepsDimensions: Bool = false, name: String? = nil
  ) -> TensorID {
    apply(.reduce(reduction, axes: axes, keepsDimensions: keepsDimensions), [x], name: name ?? "\(reduction)")
  }

  public mutating func concat(_ inputs: [TensorID], axis: Int, name: String? = nil) -> TensorID {
    apply(.concat(axis: axis, activation: .none), inputs, name: name)
  }

  public mutating func reshape(_ x: TensorID, to shape: Shape, name: String? = nil) -> TensorID {
    apply(.reshape, [x], name: name, declared: TensorType(type(of: x).elementType, shape))
  }

  /// `[N, ...]` to `[N, rest]`.
  public mutating func flatten(_ x: TensorID, name: String? = nil) -> TensorID {
    let shape = shape(of: x)
    let rest = Shape(Array(shape.dimensions.dropFirst())).elementCount ?? 0
    return reshape(x, to: [shape.dimensions.first ?? 1, rest], name: name ?? "flatten")
  }

  public mutating func transpose(_ x: TensorID, _ permutation: [Int], name: String? = nil) -> TensorID {
    apply(.transpose(permutation: permutation), [x], name: name)
  }

  /// Rows above and below, columns left and right of an image; or any axes by `apply`.
  public mutating func pad(
    _ x: TensorID, _ padding: Padding2D, mode: PadMode = .constant(0), name: String? = nil
  ) -> TensorID {
    apply(
      .pad(
        before: [0, padding.top, padding.left, 0], after: [0, padding.bottom, padding.right, 0], mode: mode),
      [x], name: name)
  }

  /// `counts` elements along each axis, from `begin`.
  public mutating func slice(_ x: TensorID, begin: [Int], counts: [Int], name: String? = nil) -> TensorID {
    apply(
      .slice(begin: begin, strides: Array(repeating: 1, count: begin.count)), [x], name: name,
      declared: TensorType(type(of: x).elementType, Shape(counts)))
  }

  public mutating func resize(
    _ x: TensorID, to size: Size2D, method: Resize.Method = .bilinear, halfPixelCenters: Bool = true,
    name: String? = nil
  ) -> TensorID {
    guard shape(of: x).rank == 4 else {
      return fail(layerError(name ?? "resize", "x is \(type(of: x))", expected: "4 axes"))
    }
    let output: Shape = [shape(of: x)[0], size.height, size.width, shape(of: x)[3]]
    return apply(
      .resize(Resize(method: method, alignsCorners: false, halfPixelCenters: halfPixelCenters)), [x],
      name: name, declared: TensorType(type(of: x).elementType, output))
  }

  public mutating func read(_ state: StateID, name: String? = nil) -> TensorID {
    apply(.readState(state), [], name: name)
  }
}
