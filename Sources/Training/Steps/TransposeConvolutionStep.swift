import Graph

/// A transposed convolution: what a convolution from its output to its input takes gradients through, forwards.
///
/// With the input `X [pixels, depth]`, weights `W [filters * taps, depth]` and the patches `P [pixels, filters * taps]` of the
/// output that each input pixel reaches: `P = X W'`, and `Y` is `P` added up where patches overlap. Backwards, with the
/// patches `D` of the output's gradient: `dX = D W`, `dW = D' X`.
struct TransposeConvolutionStep: Step {
  let x, weights: TensorID
  let bias: TensorID?
  let output: TensorID
  let activation: Activation
  /// Of the convolution the other way: its input is this one's output.
  private let window: Window
  private var pixels: Int { window.pixels }
  private var depth: Int { window.outChannels }
  private var filters: Int { window.channels }
  private var taps: Int { window.tapsHigh * window.tapsWide }
  private var outputPixels: Int { window.batch * window.height * window.width }

  init(
    x: TensorID, weights: TensorID, bias: TensorID?, output: TensorID, op: Convolution, input: [Int],
    result: [Int], taps: [Int]
  ) {
    (self.x, self.weights, self.bias, self.output) = (x, weights, bias, output)
    activation = op.activation
    window = Window(op, input: result, output: input, taps: taps)
  }

  func forward(_ tape: Tape) {
    let (result, columns) = (tape.result(output), filters * taps)
    let patches = tape.scratch(3, pixels * columns)
    tape.multiply(
      .init(tape.value(x)), .init(tape.value(weights), transposed: true), into: patches, m: pixels,
      n: columns, k: depth)
    result.update(repeating: 0, count: outputPixels * filters)
    window.forEachTap { pixel, tap, reached in
      for filter in 0..<filters {
        result[reached * filters + filter] += patches[pixel * columns + filter * taps + tap]
      }
    }
    if let bias { addBias(tape.value(bias), to: result, count: outputPixels, columns: filters) }
    activation.apply(to: result, count: outputPixels * filters)
  }

  func backward(_ tape: Tape) {
    guard
      let gradient = tape.gradientBeforeActivation(output, activation, count: outputPixels * filters)
    else { return }
    if let bias, let sums = tape.gradient(bias) {
      addColumnSums(gradient, count: outputPixels, columns: filters, to: sums)
    }
    let columns = filters * taps
    let patches = tape.scratch(3, pixels * columns)
    patches.update(repeating: 0, count: pixels * columns)
    window.forEachTap { pixel, tap, reached in
      for filter in 0..<filters {
        patches[pixel * columns + filter * taps + tap] = gradient[reached * filters + filter]
      }
    }
    if let sum = tape.gradient(weights) {
      tape.multiply(
        .init(patches, transposed: true), .init(tape.value(x)), addingTo: sum, m: columns, n: depth,
        k: pixels)
    }
    if let sum = tape.gradient(x) {
      tape.multiply(
        .init(patches), .init(tape.value(weights)), addingTo: sum, m: pixels, n: depth, k: columns)
    }
  }
}
