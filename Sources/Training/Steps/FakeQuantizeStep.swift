import Graph

/// What quantizing and restoring leaves of a number; the gradient goes straight through within the range and is 0 beyond.
///
/// - Source: Bengio et al., arXiv:1308.3432, the straight-through estimator; Jacob et al., arXiv:1712.05877, section 3.
struct FakeQuantizeStep: Step {
  let x, output: TensorID
  let count: Int
  private let scale, zeroPoint, least, greatest: Float

  init(x: TensorID, output: TensorID, count: Int, quantization: Quantization, type: ElementType) {
    (self.x, self.output, self.count) = (x, output, count)
    scale = quantization.scales[0]
    zeroPoint = Float(quantization.zeroPoints[0])
    let half = Float(1 << (min(16, type.bitWidth) - 1))
    let isUnsigned = type == .u8 || type == .u16
    (least, greatest) = isUnsigned ? (0, 2 * half - 1) : (-half, half - 1)
  }

  private func step(_ number: Float) -> Float { (number / scale).rounded() + zeroPoint }

  func forward(_ tape: Tape) {
    let (input, result) = (tape.value(x), tape.result(output))
    for i in 0..<count { result[i] = (min(greatest, max(least, step(input[i]))) - zeroPoint) * scale }
  }

  func backward(_ tape: Tape) {
    guard let gradient = tape.gradient(output), let sum = tape.gradient(x) else { return }
    let input = tape.value(x)
    for i in 0..<count {
      let step = step(input[i])
      if step >= least && step <= greatest { sum[i] += gradient[i] }
    }
  }
}

/// The same numbers: what makes steps into numbers where steps are kept as the numbers they stand for.
struct CopyStep: Step {
  let x, output: TensorID
  let count: Int

  func forward(_ tape: Tape) { tape.result(output).update(from: tape.value(x), count: count) }

  func backward(_ tape: Tape) {
    guard let gradient = tape.gradient(output), let sum = tape.gradient(x) else { return }
    for i in 0..<count { sum[i] += gradient[i] }
  }
}
