import Foundation
import Graph

/// The rows along one axis of a tensor: element `i` of row `r` is at ``start(_:)`` + `i * stride`.
struct Rows {
  let count, length, stride: Int

  init(_ shape: [Int], along axis: Int) {
    length = shape[axis]
    stride = shape[(axis + 1)...].reduce(1, *)
    count = shape.reduce(1, *) / max(1, length)
  }

  func start(_ row: Int) -> Int { row / stride * length * stride + row % stride }
}

/// `y = softmax(beta * x)`; `dx = beta * y * (dy - sum(y * dy))`.
struct SoftmaxStep: Step {
  let x, output: TensorID
  let rows: Rows
  let beta: Float

  func forward(_ tape: Tape) {
    let (input, result) = (tape.value(x), tape.result(output))
    for row in 0..<rows.count {
      let start = rows.start(row)
      var largest = -Float.infinity
      for i in 0..<rows.length { largest = max(largest, beta * input[start + i * rows.stride]) }
      var sum = 0.0
      for i in 0..<rows.length {
        let power = exp(Double(beta * input[start + i * rows.stride] - largest))
        result[start + i * rows.stride] = Float(power)
        sum += power
      }
      for i in 0..<rows.length { result[start + i * rows.stride] /= Float(sum) }
    }
  }

  func backward(_ tape: Tape) {
    guard let gradient = tape.gradient(output), let sum = tape.gradient(x) else { return }
    let result = tape.value(output)
    for row in 0..<rows.count {
      let start = rows.start(row)
      var mean: Float = 0
      for i in 0..<rows.length { mean += result[start + i * rows.stride] * gradient[start + i * rows.stride] }
      for i in 0..<rows.length {
        let place = start + i * rows.stride
        sum[place] += beta * result[place] * (gradient[place] - mean)
      }
    }
  }
}

/// `y = x - log(sum(exp(x)))`; `dx = dy - exp(y) * sum(dy)`.
struct LogSoftmaxStep: Step {
  let x, output: TensorID
  let rows: Rows

  func forward(_ tape: Tape) {
    let (input, result) = (tape.value(x), tape.result(output))
    for row in 0..<rows.count {
      let start = rows.start(row)
      var largest = -Float.infinity
      for i in 0..<rows.length { largest = max(largest, input[start + i * rows.stride]) }
      var sum = 0.0
      for i in 0..<rows.length { sum += exp(Double(input[start + i * rows.stride] - largest)) }
      let offset = largest + Float(log(sum))
      for i in 0..<rows.length {
        result[start + i * rows.stride] = input[start + i * rows.stride] - offset
      }
    }
  }

  func backward(_ tape: Tape) {
    guard let gradient = tape.gradient(output), let sum = tape.gradient(x) else { return }
    let result = tape.value(output)
    for row in 0..<rows.count {
      let start = rows.start(row)
      var total: Float = 0
      for i in 0..<rows.length { total += gradient[start + i * rows.stride] }
      for i in 0..<rows.length {
        let place = start + i * rows.stride
        sum[place] += gradient[place] - Float(exp(Double(result[place]))) * total
      }
    }
  }
}
