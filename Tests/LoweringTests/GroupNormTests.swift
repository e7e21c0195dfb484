import Foundation
import Graph
import Lowering
import Testing

/// Normalisations over groups of channels, and by the mean square, against their definitions in f64.
@Suite struct GroupNormTests {
  @Test(arguments: [(12, 4), (5, 5), (6, 1), (600, 300), (600, 1), (300, 300)])
  func normalisesEachGroupOverAllPixels(channels: Int, groups: Int) throws {
    var b = GraphBuilder(name: "norm")
    let x = b.input("x", shape: [2, 3, 5, channels])
    let scale = b.input("scale", shape: [channels])
    let bias = b.input("bias", shape: [channels])
    b.output(b.apply(.groupNorm(groups: groups, epsilon: 1e-5), [x, scale, bias]))
    let graph = try b.build()
    let inputs = graph.randomInputs(seed: 5)
    let result = try evaluate(graph, inputs: inputs.map { TensorData($0) })[0].elements(as: Float.self)
    let width = channels / groups
    for n in 0..<2 {
      for group in 0..<groups {
        let places = (0..<15).flatMap { pixel in
          (0..<width).map { (n * 15 + pixel) * channels + group * width + $0 }
        }
        let values = places.map { Double(inputs[0][$0]) }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        let factor = 1 / (variance + 1e-5).squareRoot()
        for (place, value) in zip(places, values) {
          let c = place % channels
          let expected = (value - mean) * factor * Double(inputs[1][c]) + Double(inputs[2][c])
          // The mean is off by half an ulp of 1 or less, the factor by the sums of at most 15 * 256 squares in blocks of 256.
          let bound = (factor * 2 + 300) * 0x1p-24 * (1 + abs(expected))
          #expect(abs(Double(result[place]) - expected) <= bound)
        }
      }
    }
  }

  @Test(arguments: [1, 7, 16, 33, 200]) func dividesByTheRootOfTheMeanSquare(count: Int) throws {
    var b = GraphBuilder(name: "norm")
    let x = b.input("x", shape: [3, count])
    let scale = b.input("scale", shape: [count])
    b.output(b.apply(.rmsNorm(axes: 1, epsilon: 1e-6), [x, scale]))
    let graph = try b.build()
    let inputs = graph.randomInputs(seed: 6)
    let result = try evaluate(graph, inputs: inputs.map { TensorData($0) })[0].elements(as: Float.self)
    for row in 0..<3 {
      let values = inputs[0][row * count..<(row + 1) * count].map(Double.init)
      let factor = 1 / (values.reduce(0) { $0 + $1 * $1 } / Double(count) + 1e-6).squareRoot()
      for (i, value) in values.enumerated() {
        let expected = value * factor * Double(inputs[1][i])
        #expect(
          abs(Double(result[row * count + i]) - expected) <= Double(count + 6) * 0x1p-24 * abs(expected)
            + 0x1p-126)
      }
    }
  }
}
