import DeviceProfiles
import Graph
import LatencyModel
import Testing
import Units

@Suite struct ProjectionTests {
  /// A 1x1 convolution of 32x32x256 to 256: 67.1 M multiply-accumulates on 2.36 MB.
  private func pointwise() throws -> Graph {
    var b = GraphBuilder(name: "pointwise")
    b.output(b.conv2d(b.input("x", shape: [1, 32, 32, 256]), filters: 256, kernel: .one, useBias: false))
    return try b.build()
  }

  /// The operations of ``pointwise()``.
  private let operations: Double = 2 * 32 * 32 * 256 * 256

  /// An element-wise node: no products, 2 x 4 MB.
  private func elementwise() throws -> Graph {
    var b = GraphBuilder(name: "relu")
    b.output(b.relu(b.input("x", shape: [1, 1_000_000])))
    return try b.build()
  }

  @Test func arithmeticTakesTheOperationsOverTheRateThatTheClassReaches() throws {
    let projected = try project(pointwise(), on: testDevice(), threads: 1)
    // 2 * 32 * 32 * 256 * 256 operations / (8 per cycle * 0.8) at 1 GHz: 20.97 ms.
    let expected = operations / (8 * 0.8)
    #expect(abs(projected.median / expected - 1) < 1e-9)
    #expect(projected.classes.map(\.kernelClass) == [.pointwise])
    #expect(projected.classes[0].bound == .arithmetic)
  }

  @Test func elementsTakeTheirBytesOverTheTrafficOfMemory() throws {
    let projected = try project(elementwise(), on: testDevice(), threads: 1)
    // 8 MB at 2 GB/s: 4 ms, however many threads.
    #expect(abs(projected.median / 4e6 - 1) < 1e-9)
    #expect(projected.classes[0].bound == .memory)
    #expect(try project(elementwise(), on: testDevice(), threads: 4).median == projected.median)
  }

  @Test func theBandIsHalfToEitherSide() throws {
    let projected = try project(pointwise(), on: testDevice(), threads: 1)
    #expect(projected.band90.lowerBound == projected.median * 0.5)
    #expect(projected.band90.upperBound == projected.median * 1.5)
  }

  @Test func sharesAddUpToTheMedian() throws {
    var b = GraphBuilder(name: "two")
    let x = b.conv2d(b.input("x", shape: [1, 16, 16, 8]), filters: 8, kernel: .square(3))
    b.output(b.softmax(b.dense(b.globalAveragePool(x), units: 10)))
    let projected = try project(b.build(), on: testDevice(), threads: 2)
    #expect(abs(projected.classes.reduce(0) { $0 + $1.nanoseconds } / projected.median - 1) < 1e-12)
    #expect(projected.classes.map(\.nanoseconds) == projected.classes.map(\.nanoseconds).sorted(by: >))
  }

  @Test func moreThreadsHelpLessThanTheirNumberAndNoMoreThanThereAreCores() throws {
    let one = try project(pointwise(), on: testDevice(), threads: 1).median
    let two = try project(pointwise(), on: testDevice(), threads: 2).median
    let four = try project(pointwise(), on: testDevice(), threads: 4)
    #expect(two < one && four.median < two)
    // 1.77 is the published mean speed-up from 1 to 4 threads.
    #expect(abs(one / four.median - 1.77) < 0.01)
    #expect(try project(pointwise(), on: testDevice(), threads: 64) == four)
    #expect(four.threads == 4)
  }

  @Test func onlyTheFastestClusterCounts() throws {
    let big = testDevice()
    let both = testDevice { profile in
      var little = profile.clusters[0]
      little.maxClock = .init(.megahertz(500), source: "test")
      profile.clusters.append(little)
    }
    #expect(try project(pointwise(), on: both, threads: 8) == project(pointwise(), on: big, threads: 4))
  }

  @Test func anotherPrecisionChangesTheRateAndTheBytes() throws {
    let f32 = try project(elementwise(), on: testDevice(), threads: 1)
    #expect(
      try project(elementwise(), on: testDevice(), threads: 1, precision: .f16).median == f32.median / 2)
    #expect(
      try project(elementwise(), on: testDevice(), threads: 1, precision: .int8).median == f32.median / 4)
    let int8 = try project(pointwise(), on: testDevice(), threads: 1, precision: .int8)
    let expected = operations / (32 * 0.6)
    #expect(abs(int8.median / expected - 1) < 1e-9)
    #expect(int8.classes[0].precision == .int8)
  }

  @Test func thePrecisionOfANodeIsReadOffItsOperands() throws {
    var b = GraphBuilder(name: "int8")
    let scale = Quantization.perTensor(scale: 0.1, zeroPoint: 0)
    let x = b.input("x", shape: [1, 64], elementType: .i8, quantization: scale)
    let weights = b.constant(
      "w", elementType: .i8, shape: [32, 64], quantization: scale,
      TensorData([Int8](repeating: 1, count: 32 * 64)))
    b.output(
      b.apply(
        .fullyConnected(activation: .none, keepsLeadingAxes: true), [x, weights, nil],
        declared: TensorType(.i8, [1, 32]), quantization: scale))
    let projected = try project(b.build(), on: testDevice(), threads: 1)
    #expect(projected.classes.map(\.precision) == [.int8])
    #expect(projected.classes[0].bytes == 64 + 32 * 64 + 32)
  }

  @Test func aCalibratedCoefficientReplacesTheDefault() throws {
    let calibrated = testDevice {
      $0.coefficients = [
        .init(
          engine: "builtin", precision: "f32", kernelClass: "pointwise", threads: 4,
          efficiency: .init(0.25, source: "test"))
      ]
    }
    // A quarter of the peak of four cores.
    let expected = operations / (8 * 4 * 0.25)
    #expect(abs(try project(pointwise(), on: calibrated, threads: 4).median / expected - 1) < 1e-9)
    #expect(
      try project(pointwise(), on: calibrated, threads: 1)
        == project(pointwise(), on: testDevice(), threads: 1))
    #expect(
      try project(pointwise(), on: calibrated, threads: 4, engine: "litert")
        == project(pointwise(), on: testDevice(), threads: 4))
  }

  @Test func whatTheProfileLacksIsNamed() throws {
    let bare = testDevice {
      $0.clusters[0].maxClock = nil
      $0.clusters[0].f32PerCycle = nil
      $0.memory.copyBandwidth = nil
    }
    let error = try #require(throws: ProjectionError.self) { try project(pointwise(), on: bare, threads: 1) }
    #expect(
      error
        == .missing(
          profile: "test", fields: ["cores[0].clock", "cores[0].f32-per-cycle", "memory.copy-bandwidth"]))
    #expect(
      error.description.hasPrefix(
        "Profile 'test' lacks cores[0].clock, cores[0].f32-per-cycle, memory.copy-bandwidth, which"))
  }

  @Test func whatIsNotNeededMayBeMissing() throws {
    let noInt8 = testDevice { $0.clusters[0].int8PerCycle = nil }
    #expect(throws: Never.self) { try project(pointwise(), on: noInt8, threads: 1) }
    #expect(throws: ProjectionError.self) {
      try project(pointwise(), on: noInt8, threads: 1, precision: .int8)
    }
    let noArithmetic = testDevice { $0.clusters[0].f32PerCycle = nil }
    #expect(throws: Never.self) { try project(elementwise(), on: noArithmetic, threads: 1) }
  }

  @Test(arguments: [0, -1, Int.min]) func aThreadCountBelowOneIsRefused(threads: Int) throws {
    let error = try #require(throws: ProjectionError.self) {
      try project(pointwise(), on: testDevice(), threads: threads)
    }
    #expect(error.description == "\(threads) threads; expected at least 1.")
  }
}
