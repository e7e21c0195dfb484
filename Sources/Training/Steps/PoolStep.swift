import Graph

/// The largest or the mean of each window. The gradient of a maximum goes to the first of equals.
struct PoolStep: Step {
  let x, output: TensorID
  let pooling: Pooling
  private let window: Window
  private let channels: Int

  init(x: TensorID, output: TensorID, pooling: Pooling, input: [Int], result: [Int]) {
    self.x = x
    self.output = output
    self.pooling = pooling
    channels = input[3]
    let convolution = Convolution(
      strides: pooling.strides, padding: pooling.padding, activation: pooling.activation)
    window = Window(
      convolution, input: input, output: result, taps: [1, pooling.window.height, pooling.window.width, 1])
  }

  /// Elements of each window that count.
  private func counts() -> [Int] {
    var counts = [Int](repeating: 0, count: window.pixels)
    window.forEachTap { pixel, _, _ in counts[pixel] += 1 }
    let whole = pooling.window.height * pooling.window.width
    return pooling.countsPadding ? counts.map { _ in whole } : counts.map { max(1, $0) }
  }

  func forward(_ tape: Tape) {
    let (input, result) = (tape.value(x), tape.result(output))
    let isMaximum = pooling.kind == .max
    result.update(repeating: isMaximum ? -.infinity : 0, count: window.pixels * channels)
    window.forEachTap { pixel, _, inputPixel in
      let (to, from) = (result + pixel * channels, input + inputPixel * channels)
      if isMaximum {
        for channel in 0..<channels { to[channel] = max(to[channel], from[channel]) }
      } else {
        for channel in 0..<channels { to[channel] += from[channel] }
      }
    }
    if !isMaximum {
      for (pixel, count) in counts().enumerated() {
        for channel in 0..<channels { result[pixel * channels + channel] /= Float(count) }
      }
    }
    pooling.activation.apply(to: result, count: window.pixels * channels)
  }

  func backward(_ tape: Tape) {
    let count = window.pixels * channels
    guard let sum = tape.gradient(x),
      let gradient = tape.gradientBeforeActivation(output, pooling.activation, count: count)
    else { return }
    if pooling.kind == .average {
      let counts = counts()
      window.forEachTap { pixel, _, inputPixel in
        let (from, to) = (gradient + pixel * channels, sum + inputPixel * channels)
        let share = 1 / Float(counts[pixel])
        for channel in 0..<channels { to[channel] += from[channel] * share }
      }
      return
    }
    let (input, result) = (tape.value(x), tape.value(output))
    let isOpen = tape.scratch(3, count)
    isOpen.update(repeating: 1, count: count)
    window.forEachTap { pixel, _, inputPixel in
      for channel in 0..<channels {
        let place = pixel * channels + channel
        // What a fused activation cut off has no gradient to give, so its place does not matter.
        guard isOpen[place] == 1, input[inputPixel * channels + channel] >= result[place] else { continue }
        isOpen[place] = 0
        sum[inputPixel * channels + channel] += gradient[place]
      }
    }
  }
}
