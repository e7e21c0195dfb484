import Foundation
import Graph
import Lowering
import Testing

/// Windows in three dimensions against sums over all taps in f64.
@Suite struct Window3DTests {
  static let window = Window3D(
    size: Size3D(depth: 2, height: 3, width: 2), strides: Size3D(depth: 1, height: 2, width: 1),
    dilations: Size3D(depth: 2, height: 1, width: 2), before: Size3D(depth: 0, height: 1, width: 1),
    after: Size3D(depth: 1, height: 1, width: 0))

  /// The places in an image of `extents` that the taps of window `at` lie on.
  static func taps(_ at: [Int], _ extents: [Int]) -> [(tap: [Int], place: [Int])] {
    let sizes = window.size.extents
    return (0..<sizes.reduce(1, *)).compactMap { index in
      let tap = [index / (sizes[1] * sizes[2]), index / sizes[2] % sizes[1], index % sizes[2]]
      let place = (0..<3).map {
        at[$0] * window.strides.extents[$0] + tap[$0] * window.dilations.extents[$0]
          - window.before.extents[$0]
      }
      return zip(place, extents).allSatisfy { $0 >= 0 && $0 < $1 } ? (tap, place) : nil
    }
  }

  static func each(_ extents: [Int]) -> [[Int]] {
    (0..<extents.reduce(1, *)).map {
      [$0 / (extents[1] * extents[2]), $0 / extents[2] % extents[1], $0 % extents[2]]
    }
  }

  @Test(arguments: [1, 2], [false, true])
  func convolvesInGroups(groups: Int, hasComputedWeights: Bool) throws {
    let (extents, channels, filters) = ([4, 5, 6], 4, 6)
    var b = GraphBuilder(name: "conv")
    let x = b.input("x", shape: Shape([2] + extents + [channels]))
    let shape: Shape = [filters, 2, 3, 2, channels / groups]
    var random = SplitMix64(seed: 3)
    let weights = (0..<(shape.elementCount ?? 0)).map { _ in random.uniform(within: 1) }
    let bias = (0..<filters).map { _ in random.uniform(within: 1) }
    let operands =
      hasComputedWeights
      ? [b.input("weights", shape: shape), b.input("bias", shape: [filters])]
      : [b.constant("weights", shape: shape, weights), b.constant("bias", shape: [filters], bias)]
    let y = b.apply(.convolution3D(Convolution3D(Self.window, groups: groups)), [x] + operands)
    b.output(y)
    let outputs = Array(b.shape(of: y).dimensions[1...3])
    let graph = try b.build()
    let image = graph.randomInputs(seed: 4)[0]
    let fed = [image] + (hasComputedWeights ? [weights, bias] : [])
    let result = try evaluate(graph, inputs: fed.map { TensorData($0) })[0].elements(as: Float.self)
    for n in 0..<2 {
      for (pixel, at) in Self.each(outputs).enumerated() {
        for filter in 0..<filters {
          let group = filter / (filters / groups)
          var (sum, terms) = (Double(bias[filter]), 1)
          for (tap, place) in Self.taps(at, extents) {
            for c in 0..<channels / groups {
              let from =
                (((n * 4 + place[0]) * 5 + place[1]) * 6 + place[2]) * channels + group * (channels / groups)
                + c
              let weight = (((filter * 2 + tap[0]) * 3 + tap[1]) * 2 + tap[2]) * (channels / groups) + c
              sum += Double(image[from]) * Double(weights[weight])
              terms += 1
            }
          }
          let place = (n * outputs.reduce(1, *) + pixel) * filters + filter
          #expect(abs(Double(result[place]) - sum) <= Double(terms * terms) * 0x1p-24, "seed 3, at \(place)")
        }
      }
    }
  }

  @Test func theTransposedConvolutionIsTheTranspose() throws {
    // <conv(x), y> = <x, transposed(y)> for every x and y.
    let (extents, windows) = ([4, 5, 6], [3, 3, 5])
    let (channels, filters, groups) = (4, 6, 2)
    var random = SplitMix64(seed: 8)
    // [groups, taps, O / groups, C / groups] of the transposed one; O is its output, the image.
    let weights = (0..<groups * 12 * (channels / groups) * (filters / groups)).map { _ in
      random.uniform(within: 1)
    }
    var forward = Array(repeating: Float(0), count: weights.count)
    for (index, value) in weights.enumerated() {
      let inner = filters / groups
      let (c, o) = (index % inner, index / inner % (channels / groups))
      let (tap, group) = (index / inner / (channels / groups) % 12, index / inner / (channels / groups) / 12)
      forward[((group * inner + c) * 12 + tap) * (channels / groups) + o] = value
    }
    var a = GraphBuilder(name: "forward")
    let x = a.input("x", shape: Shape([1] + extents + [channels]))
    a.output(
      a.apply(
        .convolution3D(Convolution3D(Self.window, groups: groups)),
        [x, a.constant("w", shape: [filters, 2, 3, 2, channels / groups], forward)]))
    var t = GraphBuilder(name: "transposed")
    let y = t.input("y", shape: Shape([1] + windows + [filters]))
    t.output(
      t.apply(
        .convolution3D(Convolution3D(Self.window, groups: groups, isTransposed: true)),
        [y, t.constant("w", shape: [groups, 2, 3, 2, channels / groups, filters / groups], weights)],
        declared: TensorType(.f32, Shape([1] + extents + [channels]))))
    let (forwardGraph, transposedGraph) = (try a.build(), try t.build())
    let (image, values) = (forwardGraph.randomInputs(seed: 9)[0], transposedGraph.randomInputs(seed: 10)[0])
    let ahead = try evaluate(forwardGraph, inputs: [TensorData(image)])[0].elements(as: Float.self)
    let back = try evaluate(transposedGraph, inputs: [TensorData(values)])[0].elements(as: Float.self)
    func product(_ a: [Float], _ b: [Float]) -> (Double, Double) {
      zip(a, b).reduce((0, 0)) {
        ($0.0 + Double($1.0) * Double($1.1), $0.1 + abs(Double($1.0) * Double($1.1)))
      }
    }
    let (left, right) = (product(ahead, values), product(image, back))
    #expect(ahead.count == values.count && back.count == image.count)
    // Each side's values are sums of at most 24 products.
    #expect(abs(left.0 - right.0) <= 26 * 0x1p-24 * 24 * (left.1 + right.1))
  }

  @Test(arguments: [
    WindowReduction.Kind.maximum, .placeOfMaximum(isColumnMajor: false), .placeOfMaximum(isColumnMajor: true),
    .average(countsPadding: false), .average(countsPadding: true), .norm(3),
  ])
  func poolsWhatTheWindowCovers(kind: WindowReduction.Kind) throws {
    let (extents, outputs, channels) = ([4, 5, 6], [3, 3, 5], 2)
    var b = GraphBuilder(name: "pool")
    let x = b.input("x", shape: Shape([2] + extents + [channels]))
    b.output(
      b.apply(
        .windowReduction(WindowReduction(kind, Self.window)), [x],
        declared: TensorType(.f32, Shape([2] + outputs + [channels]))))
    let graph = try b.build()
    let image = graph.randomInputs(seed: 11)[0]
    let data = try evaluate(graph, inputs: [TensorData(image)])[0]
    let result =
      kind.isPlace
      ? data.elements(as: Int64.self).map(Double.init) : data.elements(as: Float.self).map(Double.init)
    for (index, actual) in result.enumerated() {
      let (c, pixel) = (index % channels, index / channels % outputs.reduce(1, *))
      let n = index / channels / outputs.reduce(1, *)
      let covered = Self.taps(Self.each(outputs)[pixel], extents).map { tap in
        (
          place: tap.place,
          value: Double(
            image[(((n * 4 + tap.place[0]) * 5 + tap.place[1]) * 6 + tap.place[2]) * channels + c])
        )
      }
      let top = covered.max { $0.value < $1.value }
      let sum = covered.reduce(0) { $0 + $1.value }
      let expected: Double
      switch kind {
      case .maximum: expected = top?.value ?? 0
      case .placeOfMaximum(let isColumnMajor):
        let place = top?.place ?? [0, 0, 0]
        let inImage =
          isColumnMajor ? (place[2] * 5 + place[1]) * 4 + place[0] : (place[0] * 5 + place[1]) * 6 + place[2]
        expected = Double((n * channels + c) * 120 + inImage)
      case .average(let countsPadding):
        // The window never reaches beyond this padding.
        expected = sum / Double(countsPadding ? 12 : covered.count)
      case .norm(let p):
        expected = pow(covered.reduce(0) { $0 + pow(abs($1.value), Double(p)) }, 1 / Double(p))
      }
      #expect(abs(actual - expected) <= 0x1p-24 * abs(expected), "seed 11, at \(index)")
    }
  }

  @Test(arguments: [false, true]) func computedWeightsGiveWhatConstantOnesGive(isDepthwise: Bool) throws {
    let convolution = Convolution(
      strides: Size2D(height: 2, width: 1), padding: Padding2D(top: 1, left: 0, bottom: 1, right: 1),
      activation: .relu)
    let shape: Shape = isDepthwise ? [1, 3, 2, 8] : [6, 3, 2, 4]
    let op: Operator = isDepthwise ? .depthwiseConv2d(convolution) : .conv2d(convolution)
    var random = SplitMix64(seed: 21)
    let weights = (0..<(shape.elementCount ?? 0)).map { _ in random.uniform(within: 1) }
    let bias = (0..<(isDepthwise ? 8 : 6)).map { _ in random.uniform(within: 1) }
    func result(_ areConstant: Bool) throws -> [Float] {
      var b = GraphBuilder(name: "conv")
      let x = b.input("x", shape: [2, 5, 6, 4])
      let operands =
        areConstant
        ? [b.constant("w", shape: shape, weights), b.constant("b", shape: [bias.count], bias)]
        : [b.input("w", shape: shape), b.input("b", shape: [bias.count])]
      b.output(b.apply(op, [x] + operands))
      let graph = try b.build()
      let fed = [graph.randomInputs(seed: 22)[0]] + (areConstant ? [] : [weights, bias])
      return try evaluate(graph, inputs: fed.map { TensorData($0) })[0].elements(as: Float.self)
    }
    let (constant, computed) = (try result(true), try result(false))
    #expect(constant.count == computed.count)
    // Sums of at most 25 terms below 1 in another order.
    #expect(zip(constant, computed).allSatisfy { abs($0 - $1) <= 25 * 25 * 0x1p-23 })
  }
}
