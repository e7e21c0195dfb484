import Testing

@testable import ModelFormats

/// Where resized elements come from.
@Suite struct ResamplingTests {
  static let coordinates: [Resampling.Coordinates] = [
    .halfPixel, .symmetricHalfPixel, .pytorchHalfPixel, .alignedCorners, .asymmetric,
  ]

  @Test(
    arguments: coordinates,
    [Resampling.Method.linear, .cubic(-0.75), .cubic(-0.5), .nearest(.preferringFloor)])
  func weightsAddUpToOne(coordinates: Resampling.Coordinates, method: Resampling.Method) {
    for (extent, count, excludes, antialiases) in [
      (5, 8, false, false), (7, 3, true, false), (9, 4, false, true), (9, 4, true, true), (1, 3, true, false),
    ] {
      let resampling = Resampling(
        method: method, coordinates: coordinates, excludesOutside: excludes, isAntialiased: antialiases)
      let taps = resampling.taps(extent: extent, count: count, scale: Double(count) / Double(extent))
      #expect(taps.indices.count == count * taps.tapCount && taps.weights.count == taps.indices.count)
      #expect(taps.indices.allSatisfy { (0..<Int32(extent)).contains($0) })
      for row in 0..<count {
        let sum = taps.weights[row * taps.tapCount..<(row + 1) * taps.tapCount].reduce(0, +)
        // Each weight is rounded once; none is above 1.5 in magnitude.
        #expect(abs(sum - 1) <= Float(taps.tapCount) * 1.5 * 0x1p-24)
      }
    }
  }

  @Test(arguments: coordinates) func theSameSizeKeepsEveryElement(coordinates: Resampling.Coordinates) {
    let indices = Resampling(method: .nearest(.floor), coordinates: coordinates).nearestIndices(
      extent: 6, count: 6, scale: 1)
    #expect(indices == [0, 1, 2, 3, 4, 5])
  }

  @Test func linearWeightsAreTheDistances() {
    let taps = Resampling(method: .linear, coordinates: .halfPixel).taps(extent: 2, count: 4, scale: 2)
    #expect(taps.tapCount == 2)
    // Places -0.25, 0.25, 0.75, 1.25; beyond the edges both taps are the edge.
    #expect(taps.indices == [0, 0, 0, 1, 0, 1, 1, 1])
    #expect(Array(taps.weights[2..<6]) == [0.75, 0.25, 0.25, 0.75])
  }

  @Test func roundingDecidesBetweenNeighbours() {
    // Places 0, 0.5, 1, 1.5.
    func chosen(_ rounding: Resampling.Rounding) -> [Int32] {
      Resampling(method: .nearest(rounding), coordinates: .asymmetric).nearestIndices(
        extent: 2, count: 4, scale: 2)
    }
    #expect(chosen(.floor) == [0, 0, 1, 1])
    #expect(chosen(.ceil) == [0, 1, 1, 1])
    #expect(chosen(.preferringFloor) == [0, 0, 1, 1])
    #expect(chosen(.preferringCeil) == [0, 1, 1, 1])
  }

  @Test func antialiasingWidensTheFilterWhereTheAxisShrinks() {
    let resampling = Resampling(method: .linear, coordinates: .halfPixel, isAntialiased: true)
    #expect(resampling.taps(extent: 8, count: 2, scale: 0.25).tapCount == 8)
    #expect(resampling.taps(extent: 2, count: 8, scale: 4).tapCount == 2)
  }

  @Test func croppingBeyondTheInputGivesTheExtrapolation() {
    var resampling = Resampling(method: .linear, coordinates: .cropped)
    resampling.region = 0.5...1.5
    resampling.extrapolation = 7
    let taps = resampling.taps(extent: 3, count: 3, scale: 1)
    // Places 1, 2, 3 of 0...2.
    #expect(taps.offsets == [0, 0, 7])
    #expect(taps.weights[4..<6].allSatisfy { $0 == 0 })
  }
}
