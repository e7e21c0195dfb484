import Graph

/// A reduction over some axes.
struct ReduceStep: Step {
  enum Rule {
    case sum, mean, sumOfSquares, maximum, minimum

    /// - Returns: `nil` for reductions without a gradient here.
    init?(_ reduction: Reduction) {
      switch reduction {
      case .sum: self = .sum
      case .mean: self = .mean
      case .sumOfSquares: self = .sumOfSquares
      case .maximum: self = .maximum
      case .minimum: self = .minimum
      default: return nil
      }
    }
  }

  let x, output: TensorID
  let rule: Rule
  /// For each element of the input the output's that it goes into.
  let map: [Int]
  let outputCount: Int

  static func map(_ shape: [Int], axes: [Int]) -> [Int] {
    var strides = [Int](repeating: 0, count: shape.count)
    var stride = 1
    for axis in shape.indices.reversed() where !axes.contains(axis) {
      strides[axis] = stride
      stride *= shape[axis]
    }
    return BroadcastWalk.walk(shape, strides)
  }

  private var share: Float { Float(outputCount) / Float(max(1, map.count)) }

  func forward(_ tape: Tape) {
    let (input, result) = (tape.value(x), tape.result(output))
    let start: Float = rule == .maximum ? -.infinity : rule == .minimum ? .infinity : 0
    result.update(repeating: start, count: outputCount)
    for (index, place) in map.enumerated() {
      switch rule {
      case .sum, .mean: result[place] += input[index]
      case .sumOfSquares: result[place] += input[index] * input[index]
      case .maximum: result[place] = max(result[place], input[index])
      case .minimum: result[place] = min(result[place], input[index])
      }
    }
    if rule == .mean { for place in 0..<outputCount { result[place] *= share } }
  }

  func backward(_ tape: Tape) {
    guard let gradient = tape.gradient(output), let sum = tape.gradient(x) else { return }
    let (input, result) = (tape.value(x), tape.value(output))
    // The first of equals takes the gradient of a largest or smallest.
    var isTaken = [Bool](repeating: false, count: outputCount)
    for (index, place) in map.enumerated() {
      switch rule {
      case .sum: sum[index] += gradient[place]
      case .mean: sum[index] += gradient[place] * share
      case .sumOfSquares: sum[index] += gradient[place] * 2 * input[index]
      case .maximum, .minimum:
        guard !isTaken[place], input[index] == result[place] else { continue }
        isTaken[place] = true
        sum[index] += gradient[place]
      }
    }
  }
}
