import Graph

/// Products of matrices, broadcast over leading axes.
///
/// With `Y = A B`: `dA = D B'`, `dB = A' D`; where an operand comes transposed so does its gradient, and where it is
/// repeated its gradients add up.
struct MatMulStep: Step {
  let a, b, output: TensorID
  let transposeA, transposeB: Bool
  private let m, n, k: Int
  /// Which matrix of each operand serves each product.
  private let aMatrices, bMatrices: [Int]

  init(
    a: TensorID, b: TensorID, output: TensorID, transposeA: Bool, transposeB: Bool, aShape: [Int],
    bShape: [Int], outShape: [Int]
  ) {
    (self.a, self.b, self.output) = (a, b, output)
    (self.transposeA, self.transposeB) = (transposeA, transposeB)
    m = outShape[outShape.count - 2]
    n = outShape[outShape.count - 1]
    k = aShape[aShape.count - (transposeA ? 2 : 1)]
    let leading = Array(outShape.dropLast(2))
    let walk = BroadcastWalk(
      a: Array(aShape.dropLast(2)), b: Array(bShape.dropLast(2)), output: leading)
    aMatrices = walk.aIndices
    bMatrices = walk.bIndices
  }

  func forward(_ tape: Tape) {
    for (index, (i, j)) in zip(aMatrices, bMatrices).enumerated() {
      tape.multiply(
        .init(tape.value(a) + i * m * k, transposed: transposeA),
        .init(tape.value(b) + j * k * n, transposed: transposeB), into: tape.result(output) + index * m * n,
        m: m, n: n, k: k)
    }
  }

  func backward(_ tape: Tape) {
    guard let gradient = tape.gradient(output) else { return }
    for (index, (i, j)) in zip(aMatrices, bMatrices).enumerated() {
      let d = UnsafePointer(gradient + index * m * n)
      let (x, y) = (tape.value(a) + i * m * k, tape.value(b) + j * k * n)
      if let sum = tape.gradient(a) {
        if transposeA {
          tape.multiply(
            .init(y, transposed: transposeB), .init(d, transposed: true), addingTo: sum + i * m * k, m: k,
            n: m,
            k: n)
        } else {
          tape.multiply(
            .init(d), .init(y, transposed: !transposeB), addingTo: sum + i * m * k, m: m, n: k, k: n)
        }
      }
      if let sum = tape.gradient(b) {
        if transposeB {
          tape.multiply(
            .init(d, transposed: true), .init(x, transposed: transposeA), addingTo: sum + j * k * n, m: n,
            n: k,
            k: m)
        } else {
          tape.multiply(
            .init(x, transposed: !transposeA), .init(d), addingTo: sum + j * k * n, m: k, n: n, k: m)
        }
      }
    }
  }
}
