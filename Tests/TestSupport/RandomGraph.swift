package import Graph

/// Graphs of random layers, which put operators together in ways that nobody thought of.
package enum RandomGraph {
  /// The same graph for the same seed: images of one sample, up to 23 layers, several outputs.
  package static func make(seed: UInt64) throws -> Graph {
    var random = SplitMix64(seed: seed &* 7919)
    func pick(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    var b = GraphBuilder(name: "random \(seed)", weights: WeightRequest.seeded(seed))
    var pool = [b.input("x", shape: [1, 4 + pick(5), 4 + pick(5), 1 + pick(6)])]
    if pick(3) == 0 { pool.append(b.input("y", shape: b.shape(of: pool[0]))) }
    for _ in 0..<(3 + pick(20)) {
      let x = pool[pick(pool.count)]
      let shape = b.shape(of: x)
      guard shape.rank == 4 else { continue }
      let same = pool.filter { b.shape(of: $0) == shape }
      let other = same[pick(same.count)]
      let next: TensorID
      switch pick(16) {
      case 0: next = b.conv2d(x, filters: 1 + pick(9), kernel: .square(1 + pick(3)), activation: .relu)
      case 1: next = b.conv2d(x, filters: 1 + pick(9), kernel: .square(3), strides: .square(1 + pick(2)))
      case 2: next = b.depthwiseConv2d(x, kernel: .square(3), multiplier: 1 + pick(2), activation: .relu6)
      case 3: next = b.batchNorm(x)
      case 4: next = b.unary([.relu, .sigmoid, .tanh, .abs, .hardSwish, .relu6][pick(6)], x)
      case 5: next = b.add(x, other)
      case 6: next = b.apply(.binary(.multiply, activation: .none), [x, other])
      case 7: next = b.concat([x, other, x], axis: pick(2) == 0 ? 3 : 1)
      case 8: next = b.maxPool(x, window: .square(2), strides: .one, padding: .same)
      case 9: next = b.transpose(x, [0, 2, 1, 3])
      case 10: next = b.pad(x, Padding2D(top: pick(2), left: pick(3), bottom: pick(2), right: 1))
      case 11:
        next = b.slice(
          x, begin: [0, shape[1] / 2, 0, 0], counts: [1, shape[1] - shape[1] / 2, shape[2], shape[3]])
      case 12: next = b.softmax(x)
      case 13:
        next = b.reshape(b.reshape(x, to: [shape.elementCount ?? 0]), to: [1, shape[2], shape[1], shape[3]])
      case 14: next = b.add(x, b.globalAveragePool(x, keepsDimensions: true))
      default: next = b.concat([b.unary(.negate, x), other], axis: 0)
      }
      // Batches made by the last case go no further than elementwise users; keep images single.
      if b.shape(of: next)[0] == 1, (b.shape(of: next).elementCount ?? 0) < 20_000 {
        pool.append(next)
      } else {
        b.output(next)
      }
    }
    for _ in 0...pick(3) { b.output(pool[pick(pool.count)]) }
    b.output(pool[pool.count - 1])
    return try b.build()
  }
}
