import Graph

/// A convolution as a product of patches and weights, group by group.
///
/// With patches `P [pixels, taps * depth]`, weights `W [filters, taps * depth]` and the gradient `D [pixels, filters]`:
/// `Y = P W'`, `dW = D' P`, `dP = D W`, and `dX` is `dP` added up where patches overlap.
struct ConvolutionStep: Step {
  let x, weights: TensorID
  let bias: TensorID?
  let output: TensorID
  let window: Window

  private var depth: Int { window.channels / window.groups }
  private var filters: Int { window.outChannels / window.groups }
  private var patchSize: Int { window.tapsHigh * window.tapsWide * depth }

  func forward(_ tape: Tape) {
    let (pixels, channels) = (window.pixels, window.outChannels)
    let result = tape.result(output)
    for group in 0..<window.groups {
      let patches = gatherPatches(tape, group)
      let kernel = tape.value(weights) + group * filters * patchSize
      if window.groups == 1 {
        tape.multiply(
          .init(patches), .init(kernel, transposed: true), into: result, m: pixels, n: filters, k: patchSize)
      } else {
        let part = tape.scratch(4, pixels * filters)
        tape.multiply(
          .init(patches), .init(kernel, transposed: true), into: part, m: pixels, n: filters, k: patchSize)
        for pixel in 0..<pixels {
          for filter in 0..<filters {
            result[pixel * channels + group * filters + filter] = part[pixel * filters + filter]
          }
        }
      }
    }
    if let bias { addBias(tape.value(bias), to: result, count: pixels, columns: channels) }
    window.activation.apply(to: result, count: pixels * channels)
  }

  func backward(_ tape: Tape) {
    let (pixels, channels) = (window.pixels, window.outChannels)
    guard
      let whole = tape.gradientBeforeActivation(output, window.activation, count: pixels * channels)
    else { return }
    if let bias, let sums = tape.gradient(bias) {
      addColumnSums(whole, count: pixels, columns: channels, to: sums)
    }
    for group in 0..<window.groups {
      let gradient = slice(whole, group, tape)
      if let sum = tape.gradient(weights) {
        let patches = gatherPatches(tape, group)
        tape.multiply(
          .init(gradient, transposed: true), .init(patches),
          addingTo: sum + group * filters * patchSize, m: filters, n: patchSize, k: pixels)
      }
      if let sum = tape.gradient(x) {
        let kernel = tape.value(weights) + group * filters * patchSize
        let patches = tape.scratch(3, pixels * patchSize)
        tape.multiply(.init(gradient), .init(kernel), into: patches, m: pixels, n: patchSize, k: filters)
        scatter(patches, group, to: sum)
      }
    }
  }

  /// The group's columns of `[pixels, channels]`.
  private func slice(_ whole: UnsafePointer<Float>, _ group: Int, _ tape: Tape) -> UnsafePointer<Float> {
    guard window.groups > 1 else { return whole }
    let part = tape.scratch(4, window.pixels * filters)
    for pixel in 0..<window.pixels {
      for filter in 0..<filters {
        part[pixel * filters + filter] = whole[pixel * window.outChannels + group * filters + filter]
      }
    }
    return UnsafePointer(part)
  }

  private var isPointwise: Bool {
    window.tapsHigh == 1 && window.tapsWide == 1 && window.strides == .one && window.padding == .zero
      && window.groups == 1
  }

  private func gatherPatches(_ tape: Tape, _ group: Int) -> UnsafePointer<Float> {
    let input = tape.value(x)
    if isPointwise { return input }
    let (depth, size, channels) = (depth, patchSize, window.channels)
    let patches = tape.scratch(3, window.pixels * size)
    patches.update(repeating: 0, count: window.pixels * size)
    let first = group * depth
    window.forEachTap { pixel, tap, inputPixel in
      let from = input + inputPixel * channels + first
      let to = patches + pixel * size + tap * depth
      for channel in 0..<depth { to[channel] = from[channel] }
    }
    return UnsafePointer(patches)
  }

  private func scatter(
    _ patches: UnsafePointer<Float>, _ group: Int, to sum: UnsafeMutablePointer<Float>
  ) {
    let (depth, size, channels) = (depth, patchSize, window.channels)
    let first = group * depth
    window.forEachTap { pixel, tap, inputPixel in
      let from = patches + pixel * size + tap * depth
      let to = sum + inputPixel * channels + first
      for channel in 0..<depth { to[channel] += from[channel] }
    }
  }
}
