import Foundation
import Graph

// Windows, spectra and filter banks of signals.

extension ONNXConverter {
  static let signals: [String: Handler] = [
    "BlackmanWindow": { (converter) in
      { (node) throws(ModelFormatError) in
        try converter.signalWindow(node) { 0.42 - 0.5 * cos($0) + 0.08 * cos(2 * $0) }
      }
    },
    "DFT": ONNXConverter.fourierTransform,
    "HammingWindow": { (converter) in
      { (node) throws(ModelFormatError) in
        try converter.signalWindow(node) { 25.0 / 46 - (1 - 25.0 / 46) * cos($0) }
      }
    },
    "HannWindow": { (converter) in
      { (node) throws(ModelFormatError) in try converter.signalWindow(node) { 0.5 - 0.5 * cos($0) } }
    },
    "MelWeightMatrix": ONNXConverter.melWeightMatrix,
    "STFT": ONNXConverter.shortTimeFourierTransform,
  ]

  private func signalWindow(_ node: ONNXNode, _ function: (Double) -> Double) throws(ModelFormatError) {
    let size = try integer(node, 0)
    guard (1...1 << 26).contains(size) else {
      throw node.malformed("a window of \(size)", expected: "1 to \(1 << 26)")
    }
    let period = Double(try node.flag("periodic", default: true) ? size : max(1, size - 1))
    let values = (0..<size).map { function(2 * Double.pi * Double($0) / period) }
    try bindSignal(values, shape: [size], node)
  }

  /// Numbers as the node's output, of the type that it asks for.
  private func bindSignal(_ values: [Double], shape: Shape, _ node: ONNXNode) throws(ModelFormatError) {
    let type = try node.integer("output_datatype", default: 1)
    guard let elementType = ONNXDataType(rawValue: type)?.elementType else {
      throw node.unsupported("makes elements of type \(type)")
    }
    let table = constant(values.map { Float($0) }, .f32, shape: shape, node, "values")
    if elementType == .f32 { return try bind(table, node) }
    if elementType == .f64 { return try bind(constant(values, .f64, shape: shape, node, "values"), node) }
    try emit(.cast, [table], node, type: elementType)
  }

  func melWeightMatrix(_ node: ONNXNode) throws(ModelFormatError) {
    let (bins, length, rate) = (try integer(node, 0), try integer(node, 1), try integer(node, 2))
    let (lowest, highest) = (Double(try floats(node, 3).first ?? 0), Double(try floats(node, 4).first ?? 0))
    let rows = length / 2 + 1
    guard bins >= 1, length >= 1, rate >= 1, lowest >= 0, highest >= lowest,
      let count = Shape([rows, bins]).elementCount,
      count <= 1 << 26
    else { throw node.malformed("\(bins) bins of \(length) at \(rate) Hz", expected: "positive numbers") }
    func mel(_ hertz: Double) -> Double { 2595 * log10(1 + hertz / 700) }
    let step = (mel(highest) - mel(lowest)) / Double(bins + 2)
    let places = (0..<bins + 2).map { bin -> Int in
      let hertz = 700 * (pow(10, (mel(lowest) + Double(bin) * step) / 2595) - 1)
      return Int((Double(length + 1) * hertz / Double(rate)).rounded(.down))
    }
    guard places.allSatisfy({ (0..<rows).contains($0) }) else {
      throw node.malformed("frequencies up to \(highest) Hz at \(rate) Hz", expected: "at most half the rate")
    }
    var weights = Array(repeating: 0.0, count: count)
    for bin in 0..<bins {
      let (low, center, high) = (places[bin], places[bin + 1], places[bin + 2])
      if low == center { weights[center * bins + bin] = 1 }
      for row in low..<center { weights[row * bins + bin] = Double(row - low) / Double(center - low) }
      if low < center { weights[center * bins + bin] = 1 }
      for row in center..<max(center, high) {
        weights[row * bins + bin] = Double(high - row) / Double(high - center)
      }
    }
    try bindSignal(weights, shape: [rows, bins], node)
  }

  func fourierTransform(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let own = shape(x)
    let listed =
      node.opset < 20 ? try node.integer("axis", default: 1) : node.has(2) ? try integer(node, 2) : -2
    let axis = try axis(listed, rank: own.rank, node)
    let (isInverse, isOneSided) = (
      try node.flag("inverse", default: false), try node.flag("onesided", default: false)
    )
    guard axis < own.rank - 1, let parts = own.dimensions.last, (1...2).contains(parts) else {
      throw node.malformed("axis \(axis) of \(own)", expected: "not the last one, of 1 or 2 parts")
    }
    let isHalf = isInverse && isOneSided
    let length = node.has(1) ? try integer(node, 1) : isHalf ? 2 * (own[axis] - 1) : own[axis]
    let fourier = Fourier(
      axis: axis, length: length, isInverse: isInverse,
      count: isOneSided && !isInverse ? length / 2 + 1 : length, parts: isHalf ? 1 : 2, isHalf: isHalf)
    try emit(.fourier(fourier), [x], node)
  }

  func shortTimeFourierTransform(_ node: ONNXNode) throws(ModelFormatError) {
    let signal = try written(node, 0)
    let own = shape(signal)
    try requireRank(2...3, signal, node)
    let parts = own.rank == 3 ? own[2] : 1
    let step = try integer(node, 1)
    let window = try optional(node, 2)
    let length = node.has(3) ? try integer(node, 3) : window.map { shape($0).dimensions.first ?? 0 } ?? own[1]
    guard step >= 1, length >= 1, length <= own[1], (1...2).contains(parts) else {
      throw node.malformed(
        "frames of \(length), \(step) apart, of \(own)", expected: "frames within the signal")
    }
    let frames = 1 + (own[1] - length) / step
    guard let count = Shape([frames, length]).elementCount, count <= 1 << 26 else {
      throw node.unsupported("makes \(frames) frames of \(length)")
    }
    let indices = (0..<count).map { Int32($0 / length * step + $0 % length) }
    let table = constant(indices, .i32, shape: [frames, length], node, "places")
    var framed = try apply(.gather(axis: 1), [signal, table], node)
    framed = try apply(.reshape, [framed], node, shape: [own[0], frames, length, parts])
    if let window {
      let column = try apply(.reshape, [window], node, shape: [length, 1])
      framed = try apply(.binary(.multiply, activation: .none), [framed, column], node)
    }
    let isOneSided = try node.flag("onesided", default: true) && parts == 1
    try emit(
      .fourier(
        Fourier(
          axis: 2, length: length, isInverse: false, count: isOneSided ? length / 2 + 1 : length, parts: 2,
          isHalf: false)), [framed], node)
  }
}
