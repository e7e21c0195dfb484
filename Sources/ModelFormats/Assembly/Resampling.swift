import Foundation

/// Where the elements of a resized axis come from: for each a few places of the input, with weights.
///
/// - Source: ONNX operator Resize, opset 19: coordinate transformations, nearest modes, `exclude_outside`, `antialias`.
struct Resampling {
  enum Method: Sendable, Hashable {
    case nearest(Rounding)
    case linear
    /// Keys (1981), IEEE TASSP 29(6), with this coefficient.
    case cubic(Double)
  }

  enum Rounding: String, Sendable, Hashable {
    case floor, ceil
    case preferringFloor = "round_prefer_floor"
    case preferringCeil = "round_prefer_ceil"
  }

  enum Coordinates: String, Sendable, Hashable {
    case halfPixel = "half_pixel"
    case symmetricHalfPixel = "half_pixel_symmetric"
    case pytorchHalfPixel = "pytorch_half_pixel"
    case alignedCorners = "align_corners"
    case asymmetric
    case cropped = "tf_crop_and_resize"
  }

  var method: Method
  var coordinates: Coordinates
  /// Taps outside of the input have no weight, instead of the edge's value.
  var excludesOutside = false
  /// Widens the filter where the axis shrinks.
  var isAntialiased = false
  /// The part of the input that `cropped` takes, from 0 to 1.
  var region: ClosedRange<Double> = 0...1
  /// What `cropped` gives for places outside of the input.
  var extrapolation: Float = 0

  /// The taps of `count` elements: `[count, tapCount]`, and what is added to each element.
  struct Taps {
    var tapCount: Int
    var indices: [Int32] = []
    var weights: [Float] = []
    var offsets: [Float] = []
  }

  /// - Parameters:
  ///   - extent: Of the axis; `count` of the resized one.
  ///   - scale: `count / extent`, or what a model says it is.
  func taps(extent: Int, count: Int, scale: Double) -> Taps {
    let reach = self.reach(scale)
    var taps = Taps(tapCount: 2 * reach)
    for index in 0..<count {
      let place = place(of: index, extent: extent, count: count, scale: scale)
      if coordinates == .cropped, !(place >= 0 && place <= Double(extent - 1)) {
        taps.indices += Array(repeating: 0, count: 2 * reach)
        taps.weights += Array(repeating: 0, count: 2 * reach)
        taps.offsets.append(extrapolation)
        continue
      }
      // Between the element before the place and the one at or after it: the fraction is above 0, up to 1.
      let before = place.rounded(.up) - 1
      var weights = self.weights(fraction: place - before, reach: reach, scale: scale)
      let first = Int(before) + 1 - reach
      if excludesOutside, !isNearest {
        for tap in weights.indices where !(0..<extent).contains(first + tap) { weights[tap] = 0 }
        let sum = weights.reduce(0, +)
        weights = weights.map { $0 / sum }
      }
      taps.indices += weights.indices.map { Int32(clamping: min(max(first + $0, 0), extent - 1)) }
      taps.weights += weights.map { Float($0) }
      taps.offsets.append(0)
    }
    return taps
  }

  /// The element that `nearest` takes for each, where no place is outside.
  func nearestIndices(extent: Int, count: Int, scale: Double) -> [Int32] {
    let taps = taps(extent: extent, count: count, scale: scale)
    return (0..<count).map { index in
      let row = index * taps.tapCount
      let chosen = (0..<taps.tapCount).first { taps.weights[row + $0] != 0 } ?? 0
      return taps.indices[row + chosen]
    }
  }

  private var isNearest: Bool {
    if case .nearest = method { true } else { false }
  }

  /// The place in the input of element `index`, in elements.
  private func place(of index: Int, extent: Int, count: Int, scale: Double) -> Double {
    let (x, length, size) = (Double(index), Double(extent), scale * Double(extent))
    switch coordinates {
    case .halfPixel: return (x + 0.5) / scale - 0.5
    case .symmetricHalfPixel:
      return length / 2 * (1 - Double(count) / size) + (x + 0.5) / scale - 0.5
    case .pytorchHalfPixel: return size == 1 ? -0.5 : (x + 0.5) / scale - 0.5
    case .alignedCorners: return size == 1 ? 0 : x * (length - 1) / (size - 1)
    case .asymmetric: return x / scale
    case .cropped:
      let span = (region.upperBound - region.lowerBound) * (length - 1)
      return region.lowerBound * (length - 1) + (size == 1 ? span / 2 : x * span / (size - 1))
    }
  }

  /// How many taps lie on each side of a place.
  private func reach(_ scale: Double) -> Int {
    let width: Double
    switch method {
    case .nearest: return 1
    case .linear: width = 1
    case .cubic: width = 2
    }
    guard isAntialiased, scale < 1 else { return Int(width) }
    return min(Int(-(-width / scale).rounded(.down)), 1 << 16)
  }

  /// Of `2 * reach` taps around a place that is `fraction` behind the last one before it.
  private func weights(fraction: Double, reach: Int, scale: Double) -> [Double] {
    let narrowing = isAntialiased ? min(scale, 1) : 1
    func distance(_ tap: Int) -> Double { abs(Double(tap + 1 - reach) - fraction) * narrowing }
    var weights: [Double]
    switch method {
    case .nearest(let rounding):
      let takesFirst =
        switch rounding {
        case .floor: fraction < 1
        case .ceil: false
        case .preferringFloor: fraction <= 0.5
        case .preferringCeil: fraction < 0.5
        }
      return takesFirst ? [1, 0] : [0, 1]
    case .linear: weights = (0..<2 * reach).map { max(0, 1 - distance($0)) }
    case .cubic(let a):
      weights = (0..<2 * reach).map { tap in
        let x = distance(tap)
        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
      }
    }
    guard isAntialiased else { return weights }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}
