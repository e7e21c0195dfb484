import Graph

/// A depthwise convolution: output channel `c * multiplier + m` sees input channel `c` alone.
struct DepthwiseStep: Step {
  let x, weights: TensorID
  let bias: TensorID?
  let output: TensorID
  let window: Window

  private var multiplier: Int { window.outChannels / window.channels }

  func forward(_ tape: Tape) {
    let (channels, multiplier) = (window.outChannels, multiplier)
    let (input, kernel, result) = (tape.value(x), tape.value(weights), tape.result(output))
    result.update(repeating: 0, count: window.pixels * channels)
    if let bias { addBias(tape.value(bias), to: result, count: window.pixels, columns: channels) }
    window.forEachTap { pixel, tap, inputPixel in
      let to = result + pixel * channels
      let from = input + inputPixel * window.channels
      let taps = kernel + tap * channels
      if multiplier == 1 {
        for channel in 0..<channels { to[channel] += from[channel] * taps[channel] }
      } else {
        for channel in 0..<channels { to[channel] += from[channel / multiplier] * taps[channel] }
      }
    }
    window.activation.apply(to: result, count: window.pixels * channels)
  }

  func backward(_ tape: Tape) {
    let (channels, multiplier) = (window.outChannels, multiplier)
    guard
      let gradient = tape.gradientBeforeActivation(
        output, window.activation, count: window.pixels * channels)
    else { return }
    if let bias, let sums = tape.gradient(bias) {
      addColumnSums(gradient, count: window.pixels, columns: channels, to: sums)
    }
    let (input, kernel) = (tape.value(x), tape.value(weights))
    let (inputSum, kernelSum) = (tape.gradient(x), tape.gradient(weights))
    window.forEachTap { pixel, tap, inputPixel in
      let from = gradient + pixel * channels
      if let kernelSum {
        let to = kernelSum + tap * channels
        let seen = input + inputPixel * window.channels
        for channel in 0..<channels { to[channel] += from[channel] * seen[channel / multiplier] }
      }
      if let inputSum {
        let to = inputSum + inputPixel * window.channels
        let taps = kernel + tap * channels
        for channel in 0..<channels { to[channel / multiplier] += from[channel] * taps[channel] }
      }
    }
  }
}
