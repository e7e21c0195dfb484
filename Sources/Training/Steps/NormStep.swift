import Graph

/// Rows of mean 0 and variance 1, scaled and shifted.
///
/// With `h = (x - mean) / deviation` and `g = dy * scale`: `dx = (g - mean(g) - h * mean(g * h)) / deviation`.
struct LayerNormStep: Step {
  let x: TensorID
  let scale, bias: TensorID?
  let output: TensorID
  let rows, width: Int
  let epsilon: Float

  func forward(_ tape: Tape) {
    let (input, result) = (tape.value(x), tape.result(output))
    let (scale, bias) = (scale.map(tape.value), bias.map(tape.value))
    for row in 0..<rows {
      let (from, to) = (input + row * width, result + row * width)
      let (mean, inverse) = moments(from)
      for i in 0..<width {
        to[i] = (from[i] - mean) * inverse * (scale?[i] ?? 1) + (bias?[i] ?? 0)
      }
    }
  }

  func backward(_ tape: Tape) {
    guard let gradient = tape.gradient(output) else { return }
    let input = tape.value(x)
    let scales = scale.map(tape.value)
    let (sum, scaleSum, biasSum) = (
      tape.gradient(x), scale.flatMap(tape.gradient), bias.flatMap(tape.gradient)
    )
    for row in 0..<rows {
      let (from, d) = (input + row * width, gradient + row * width)
      let (mean, inverse) = moments(from)
      var (meanG, meanGH) = (0.0, 0.0)
      for i in 0..<width {
        let h = (from[i] - mean) * inverse
        let g = d[i] * (scales?[i] ?? 1)
        meanG += Double(g)
        meanGH += Double(g * h)
        scaleSum?[i] += d[i] * h
        biasSum?[i] += d[i]
      }
      guard let sum else { continue }
      let (a, b) = (Float(meanG / Double(width)), Float(meanGH / Double(width)))
      for i in 0..<width {
        let h = (from[i] - mean) * inverse
        sum[row * width + i] += (d[i] * (scales?[i] ?? 1) - a - h * b) * inverse
      }
    }
  }

  private func moments(_ row: UnsafePointer<Float>) -> (mean: Float, inverse: Float) {
    var sum = 0.0
    for i in 0..<width { sum += Double(row[i]) }
    let mean = sum / Double(width)
    var squares = 0.0
    for i in 0..<width { squares += (Double(row[i]) - mean) * (Double(row[i]) - mean) }
    return (Float(mean), Float(1 / (squares / Double(width) + Double(epsilon)).squareRoot()))
  }
}

/// Channels of mean 0 and variance 1 over the batch while training, by the running statistics else; scaled and shifted.
///
/// - Source: Ioffe and Szegedy, arXiv:1502.03167. Each part of a batch takes statistics of its own, as in "ghost" batch
///   normalisation (Hoffer et al., arXiv:1705.08741).
struct BatchNormStep: Step {
  let x, scale, bias, mean, variance, output: TensorID
  let rows, channels: Int
  let epsilon: Float

  func forward(_ tape: Tape) {
    let (input, result) = (tape.value(x), tape.result(output))
    let (scale, bias) = (tape.value(scale), tape.value(bias))
    let statistics = statistics(tape)
    for row in 0..<rows {
      for c in 0..<channels {
        let place = row * channels + c
        result[place] = (input[place] - statistics.mean[c]) * statistics.inverse[c] * scale[c] + bias[c]
      }
    }
  }

  func backward(_ tape: Tape) {
    guard let gradient = tape.gradient(output) else { return }
    let (input, scales) = (tape.value(x), tape.value(scale))
    let statistics = statistics(tape)
    var sums = [Float](repeating: 0, count: channels)
    var products = sums
    for row in 0..<rows {
      for c in 0..<channels {
        let place = row * channels + c
        sums[c] += gradient[place]
        products[c] += gradient[place] * (input[place] - statistics.mean[c]) * statistics.inverse[c]
      }
    }
    if let scaleSum = tape.gradient(scale) { for c in 0..<channels { scaleSum[c] += products[c] } }
    if let biasSum = tape.gradient(bias) { for c in 0..<channels { biasSum[c] += sums[c] } }
    guard let sum = tape.gradient(x) else { return }
    for row in 0..<rows {
      for c in 0..<channels {
        let place = row * channels + c
        var slope = gradient[place]
        if tape.isTraining {
          let h = (input[place] - statistics.mean[c]) * statistics.inverse[c]
          slope -= (sums[c] + h * products[c]) / Float(rows)
        }
        sum[place] += slope * scales[c] * statistics.inverse[c]
      }
    }
  }

  /// The batch's mean and variance, or the running ones, and `1 / sqrt(variance + epsilon)`.
  func statistics(_ tape: Tape) -> (mean: [Float], variance: [Float], inverse: [Float]) {
    var means = [Float](UnsafeBufferPointer(start: tape.value(mean), count: channels))
    var variances = [Float](UnsafeBufferPointer(start: tape.value(variance), count: channels))
    if tape.isTraining {
      let input = tape.value(x)
      var sums = [Double](repeating: 0, count: channels)
      var squares = sums
      for row in 0..<rows {
        for c in 0..<channels { sums[c] += Double(input[row * channels + c]) }
      }
      means = sums.map { Float($0 / Double(rows)) }
      for row in 0..<rows {
        for c in 0..<channels {
          let distance = Double(input[row * channels + c]) - sums[c] / Double(rows)
          squares[c] += distance * distance
        }
      }
      variances = squares.map { Float($0 / Double(rows)) }
    }
    return (means, variances, variances.map { 1 / ($0 + epsilon).squareRoot() })
  }
}
