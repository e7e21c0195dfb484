import Graph

/// The geometry of a window that slides over images `[batch, height, width, channels]`.
struct Window {
  let batch, height, width, channels: Int
  let outHeight, outWidth, outChannels: Int
  let tapsHigh, tapsWide: Int
  let strides, dilations: Size2D
  let padding: Padding2D
  let groups: Int
  let activation: Activation

  /// - Parameters:
  ///   - input: `[batch, height, width, channels]`.
  ///   - taps: Of the weights, `[_, height, width, _]`.
  init(_ window: Convolution, input: [Int], output: [Int], taps: [Int]) {
    (batch, height, width, channels) = (input[0], input[1], input[2], input[3])
    (outHeight, outWidth, outChannels) = (output[1], output[2], output[3])
    (tapsHigh, tapsWide) = (taps[1], taps[2])
    strides = window.strides
    dilations = window.dilations
    padding = window.padding
    groups = window.groups
    activation = window.activation
  }

  var pixels: Int { batch * outHeight * outWidth }

  /// Calls `body` with every output pixel, tap and the input pixel below it, in a fixed order; taps on the padding are
  /// left out.
  @inline(__always)
  func forEachTap(_ body: (_ pixel: Int, _ tap: Int, _ inputPixel: Int) -> Void) {
    for image in 0..<batch {
      for row in 0..<outHeight {
        for column in 0..<outWidth {
          let pixel = (image * outHeight + row) * outWidth + column
          for tapRow in 0..<tapsHigh {
            let y = row * strides.height - padding.top + tapRow * dilations.height
            guard y >= 0 && y < height else { continue }
            for tapColumn in 0..<tapsWide {
              let x = column * strides.width - padding.left + tapColumn * dilations.width
              guard x >= 0 && x < width else { continue }
              body(pixel, tapRow * tapsWide + tapColumn, (image * height + y) * width + x)
            }
          }
        }
      }
    }
  }
}
