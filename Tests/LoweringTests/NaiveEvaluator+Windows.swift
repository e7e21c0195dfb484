import Graph

extension NaiveEvaluator {
  func convolution(
    _ node: Node, _ x: NaiveTensor, _ c: Convolution, _ shape: [Int], isDepthwise: Bool
  ) -> NaiveTensor {
    let (weights, bias) = (constant(1, node), node.inputs.count > 2 ? constant(2, node) : nil)
    let groups = isDepthwise ? x.shape[3] : c.groups
    let (perGroup, filters) = (x.shape[3] / groups, shape[3] / groups)
    return NaiveTensor(shape: shape) { index in
      let channel = index[3]
      var sum = bias?.values[channel] ?? 0
      for ky in 0..<weights.shape[1] {
        for kx in 0..<weights.shape[2] {
          let y = index[1] * c.strides.height + ky * c.dilations.height - c.padding.top
          let xx = index[2] * c.strides.width + kx * c.dilations.width - c.padding.left
          for k in 0..<perGroup {
            let weight = isDepthwise ? weights[[0, ky, kx, channel]] : weights[[channel, ky, kx, k]]
            sum += x.padded([index[0], y, xx, channel / filters * perGroup + k]) * weight
          }
        }
      }
      return c.activation.apply(sum)
    }
  }

  /// Each input element adds its weights to a window of the output.
  func transposed(_ node: Node, _ x: NaiveTensor, _ c: Convolution, _ shape: [Int]) -> NaiveTensor {
    let (weights, bias) = (constant(1, node), node.inputs.count > 2 ? constant(2, node) : nil)
    return NaiveTensor(shape: shape) { index in
      var sum = bias?.values[index[3]] ?? 0
      for ky in 0..<weights.shape[1] {
        for kx in 0..<weights.shape[2] {
          let (y, xx) = (index[1] + c.padding.top - ky, index[2] + c.padding.left - kx)
          guard y >= 0, xx >= 0, y % c.strides.height == 0, xx % c.strides.width == 0 else { continue }
          for k in 0..<x.shape[3] {
            sum +=
              x.padded([index[0], y / c.strides.height, xx / c.strides.width, k])
              * weights[[index[3], ky, kx, k]]
          }
        }
      }
      return c.activation.apply(sum)
    }
  }

  func pool(_ x: NaiveTensor, _ pooling: Pooling, _ shape: [Int]) -> NaiveTensor {
    NaiveTensor(shape: shape) { index in
      var inside: [Double] = []
      for ky in 0..<pooling.window.height {
        for kx in 0..<pooling.window.width {
          let y = index[1] * pooling.strides.height + ky - pooling.padding.top
          let xx = index[2] * pooling.strides.width + kx - pooling.padding.left
          if y >= 0, xx >= 0, y < x.shape[1], xx < x.shape[2] {
            inside.append(x[[index[0], y, xx, index[3]]])
          }
        }
      }
      let count = pooling.countsPadding ? pooling.window.height * pooling.window.width : inside.count
      return pooling.activation.apply(
        pooling.kind == .max ? inside.max() ?? 0 : inside.reduce(0, +) / Double(count))
    }
  }

  func reduce(_ x: NaiveTensor, _ reduction: Reduction, _ axes: Set<Int>, _ shape: [Int]) -> NaiveTensor {
    var lines: [[Int]: [Double]] = [:]
    NaiveTensor.forEachIndex(of: x.shape) { index in
      lines[index.enumerated().map { axes.contains($0.offset) ? 0 : $0.element }, default: []].append(
        x[index])
    }
    let kept = x.shape.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }
    let result = NaiveTensor(shape: kept) { index in
      let line = lines[index] ?? []
      switch reduction {
      case .sum: return line.reduce(0, +)
      case .mean: return line.reduce(0, +) / Double(line.count)
      case .maximum: return line.max() ?? .nan
      case .minimum: return line.min() ?? .nan
      case .product: return line.reduce(1, *)
      case .sumOfSquares: return line.reduce(0) { $0 + $1 * $1 }
      case .l2Norm: return line.reduce(0) { $0 + $1 * $1 }.squareRoot()
      case .any, .all: return .nan
      }
    }
    return NaiveTensor(shape: shape, values: result.values)
  }

  func layerNorm(_ node: Node, _ x: NaiveTensor, _ axes: Int, _ epsilon: Double) -> NaiveTensor {
    let count = x.shape.suffix(axes).reduce(1, *)
    let scale = node.inputs.count > 1 ? constant(1, node).values : nil
    let bias = node.inputs.count > 2 ? constant(2, node).values : nil
    var values: [Double] = []
    for row in 0..<x.values.count / count {
      let line = x.values[row * count..<(row + 1) * count]
      let mean = line.reduce(0, +) / Double(count)
      let variance = line.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
      values += line.enumerated().map { position, value in
        (value - mean) / (variance + epsilon).squareRoot() * (scale?[position] ?? 1) + (bias?[position] ?? 0)
      }
    }
    return NaiveTensor(shape: x.shape, values: values)
  }

  private func constant(_ position: Int, _ node: Node) -> NaiveTensor {
    guard let id = node.inputs[position], let value = values[id.index] else {
      preconditionFailure("\(node.name) has no operand \(position)")
    }
    return value
  }
}
