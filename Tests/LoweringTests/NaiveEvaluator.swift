import Foundation
import Graph

/// Evaluates float graphs operator by operator in f64, as the operators' doc comments say.
struct NaiveEvaluator {
  let graph: Graph
  var values: [Int: NaiveTensor] = [:]

  init(_ graph: Graph) {
    self.graph = graph
    for (index, tensor) in graph.tensors.enumerated() {
      guard let constant = tensor.constant, tensor.elementType == .f32 else { continue }
      values[index] = NaiveTensor(
        shape: tensor.shape.dimensions, values: constant.elements(as: Float.self).map(Double.init))
    }
  }

  /// Runs every node; returns the graph's outputs.
  mutating func run(_ inputs: [[Float]]) -> [NaiveTensor] {
    for (id, input) in zip(graph.inputs, inputs) {
      values[id.index] = NaiveTensor(shape: graph[id].shape.dimensions, values: input.map(Double.init))
    }
    for node in graph.nodes { values[node.outputs[0].index] = result(of: node) }
    return graph.outputs.compactMap { values[$0.index] }
  }

  private func operand(_ position: Int, _ node: Node) -> NaiveTensor {
    guard let id = node.inputs[position], let value = values[id.index] else {
      preconditionFailure("\(node.name) has no operand \(position)")
    }
    return value
  }

  private func optional(_ position: Int, _ node: Node) -> NaiveTensor? {
    position < node.inputs.count && node.inputs[position] != nil ? operand(position, node) : nil
  }

  private func result(of node: Node) -> NaiveTensor {
    let shape = graph[node.outputs[0]].shape.dimensions
    let x = operand(0, node)
    switch node.op {
    case .conv2d(let c): return convolution(node, x, c, shape, isDepthwise: false)
    case .depthwiseConv2d(let c): return convolution(node, x, c, shape, isDepthwise: true)
    case .transposeConv2d(let c): return transposed(node, x, c, shape)
    case .fullyConnected(let activation, _):
      let (weights, bias) = (operand(1, node), optional(2, node))
      let depth = weights.shape[1]
      return NaiveTensor(
        shape: shape,
        values: (0..<shape.reduce(1, *)).map { index in
          let (row, column) = (index / weights.shape[0], index % weights.shape[0])
          let sum = (0..<depth).reduce(bias?.values[column] ?? 0) {
            $0 + x.values[row * depth + $1] * weights.values[column * depth + $1]
          }
          return activation.apply(sum)
        })
    case .matMul(let transposeA, let transposeB):
      let b = operand(1, node)
      let depth = transposeA ? x.shape[x.shape.count - 2] : x.shape[x.shape.count - 1]
      return NaiveTensor(shape: shape) { index in
        let (batch, m, n) = (Array(index.dropLast(2)), index[index.count - 2], index[index.count - 1])
        return (0..<depth).reduce(0) { sum, k in
          sum + x.broadcast(batch + (transposeA ? [k, m] : [m, k]))
            * b.broadcast(batch + (transposeB ? [n, k] : [k, n]))
        }
      }
    case .pool2d(let pooling): return pool(x, pooling, shape)
    case .unary(let unary): return NaiveTensor(shape: shape, values: x.values.map(unary.apply))
    case .binary(let binary, let activation):
      let b = operand(1, node)
      return NaiveTensor(shape: shape) { activation.apply(binary.apply(x.broadcast($0), b.broadcast($0))) }
    case .reduce(let reduction, let axes, _): return reduce(x, reduction, Set(axes), shape)
    case .softmax(let axis, let beta):
      return NaiveTensor(shape: shape) { index in
        let line = (0..<shape[axis]).map { position -> Double in
          var at = index
          at[axis] = position
          return x[at] * Double(beta)
        }
        let top = line.max() ?? 0
        return exp(line[index[axis]] - top) / line.reduce(0) { $0 + exp($1 - top) }
      }
    case .layerNorm(let axes, let epsilon): return layerNorm(node, x, axes, Double(epsilon))
    case .batchNorm(let epsilon):
      let p = (1...4).map { operand($0, node).values }
      return NaiveTensor(shape: shape) { index in
        let c = index[index.count - 1]
        return p[0][c] * (x[index] - p[2][c]) / (p[3][c] + Double(epsilon)).squareRoot() + p[1][c]
      }
    default: return moved(node, x, shape)
    }
  }

  private func moved(_ node: Node, _ x: NaiveTensor, _ shape: [Int]) -> NaiveTensor {
    switch node.op {
    case .concat(let axis, _):
      let pieces = node.inputs.indices.map { operand($0, node) }
      return NaiveTensor(shape: shape) { index in
        var at = index
        for piece in pieces {
          if at[axis] < piece.shape[axis] { return piece[at] }
          at[axis] -= piece.shape[axis]
        }
        return .nan
      }
    case .reshape: return NaiveTensor(shape: shape, values: x.values)
    case .transpose(let permutation):
      return NaiveTensor(shape: shape) { index in
        var at = index
        for (axis, from) in permutation.enumerated() { at[from] = index[axis] }
        return x[at]
      }
    case .pad(let before, _, let mode):
      return NaiveTensor(shape: shape) { index in
        let at = zip(index, before).map { $0 - $1 }
        if case .constant(let value) = mode {
          return zip(at, x.shape).allSatisfy { $0 >= 0 && $0 < $1 } ? x[at] : Double(value)
        }
        return x[zip(at, x.shape).map { mode.source(of: $0, extent: $1) }]
      }
    case .slice(let begin, let strides):
      return NaiveTensor(shape: shape) { x[zip(zip(begin, strides), $0).map { $0.0 + $0.1 * $1 }] }
    case .broadcast: return NaiveTensor(shape: shape) { x.broadcast($0) }
    case .tile: return NaiveTensor(shape: shape) { x[zip($0, x.shape).map { $0 % $1 }] }
    case .depthToSpace(let b):
      return NaiveTensor(shape: shape) { i in
        x[[i[0], i[1] / b, i[2] / b, (i[1] % b * b + i[2] % b) * shape[3] + i[3]]]
      }
    case .spaceToDepth(let b):
      let channels = x.shape[3]
      return NaiveTensor(shape: shape) { i in
        let block = i[3] / channels
        return x[[i[0], i[1] * b + block / b, i[2] * b + block % b, i[3] % channels]]
      }
    default: preconditionFailure("the naive evaluator does not know \(node.op.name)")
    }
  }
}
