import Foundation
import Graph
import Lowering
import Testing

/// Operators that sample at computed places, and transforms, against what follows from their definitions.
@Suite struct SamplingTests {
  private func run(
    _ op: Operator, _ operands: [(Shape, TensorData, ElementType)], declared: TensorType? = nil
  ) throws -> [TensorData] {
    var graph = Graph(name: "sampling")
    for (index, operand) in operands.enumerated() {
      graph.tensors.append(Tensor(name: "in \(index)", elementType: operand.2, shape: operand.0))
      graph.inputs.append(TensorID(index))
    }
    let types = try op.outputTypes(
      node: "node", inputs: graph.tensors.map(\.type), declared: declared.map { [$0] } ?? [])
    for (index, type) in types.enumerated() {
      graph.tensors.append(Tensor(name: "out \(index)", elementType: type.elementType, shape: type.shape))
      graph.outputs.append(TensorID(graph.tensors.count - 1))
    }
    graph.nodes = [Node(name: "node", op: op, inputs: graph.inputs, outputs: graph.outputs)]
    return try evaluate(graph, inputs: operands.map(\.1))
  }

  private func randoms(_ count: Int, seed: UInt64, within bound: Float = 1) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in random.uniform(within: bound) }
  }

  @Test(arguments: [1, 2, 6, 16, 35, 97]) func theTransformIsTheSumOfRotations(length: Int) throws {
    let x = randoms(2 * length * 2, seed: 31)
    for isInverse in [false, true] {
      let fourier = Fourier(
        axis: 1, length: length, isInverse: isInverse, count: length, parts: 2, isHalf: false)
      let result = try run(.fourier(fourier), [([2, length, 2], TensorData(x), .f32)])[0].elements(
        as: Float.self)
      for (row, k) in (0..<2).flatMap({ row in (0..<length).map { (row, $0) } }) {
        var (re, im) = (0.0, 0.0)
        for n in 0..<length {
          let angle = (isInverse ? 2 : -2) * Double.pi * Double(k * n % length) / Double(length)
          let (a, b) = (Double(x[(row * length + n) * 2]), Double(x[(row * length + n) * 2 + 1]))
          re += a * cos(angle) - b * sin(angle)
          im += a * sin(angle) + b * cos(angle)
        }
        let scale = isInverse ? 1 / Double(length) : 1
        // Each of the factors' sums rounds by its number of terms; their sum is below length + 1, of magnitudes below
        // 2 * length in all.
        let bound = Double(2 * length + 8) * 0x1p-24 * Double(2 * length) * scale
        let place = (row * length + k) * 2
        #expect(
          abs(Double(result[place]) - re * scale) <= bound
            && abs(Double(result[place + 1]) - im * scale) <= bound)
      }
    }
  }

  @Test func aHalfSpectrumGivesTheRealSignalBack() throws {
    let (length, half) = (12, 7)
    let x = randoms(length, seed: 32)
    let spectrum = try run(
      .fourier(Fourier(axis: 1, length: length, isInverse: false, count: half, parts: 2, isHalf: false)),
      [([1, length, 1], TensorData(x), .f32)])[0]
    let back = try run(
      .fourier(Fourier(axis: 1, length: length, isInverse: true, count: length, parts: 1, isHalf: true)),
      [([1, half, 2], spectrum, .f32)])[0].elements(as: Float.self)
    #expect(zip(back, x).allSatisfy { abs($0 - $1) <= 64 * 0x1p-24 })
  }

  @Test(
    arguments: [GridSampling.Method.linear, .nearest, .cubic],
    [GridSampling.Padding.zeros, .border, .reflection])
  func aGridOfPixelCentresGivesTheImage(method: GridSampling.Method, padding: GridSampling.Padding) throws {
    let (height, width) = (3, 4)
    let image = randoms(height * width * 2, seed: 33)
    let grid = (0..<height * width).flatMap { pixel -> [Float] in
      [Float(2 * (pixel % width) + 1) / Float(width) - 1, Float(2 * (pixel / width) + 1) / Float(height) - 1]
    }
    let result = try run(
      .gridSampling(GridSampling(method: method, padding: padding, alignsCorners: false)),
      [([1, height, width, 2], TensorData(image), .f32), ([1, height, width, 2], TensorData(grid), .f32)])[0]
    // A place is off by two roundings of a number below 4, a slope is at most 2.
    #expect(zip(result.elements(as: Float.self), image).allSatisfy { abs($0 - $1) <= 32 * 0x1p-23 })
  }

  @Test func placesOutsideAreZeroTheEdgeOrMirrored() throws {
    let image: [Float] = [1, 2, 4]
    // One pixel and a half right of the last one, in corners' coordinates: 1 is the last pixel.
    func sampled(_ padding: GridSampling.Padding) throws -> Float {
      try run(
        .gridSampling(GridSampling(method: .linear, padding: padding, alignsCorners: true)),
        [([1, 1, 3, 1], TensorData(image), .f32), ([1, 1, 1, 2], TensorData([Float(2.5), 0]), .f32)])[0]
        .elements(as: Float.self)[0]
    }
    #expect(try sampled(.zeros) == 0)
    #expect(try sampled(.border) == 4)
    #expect(try sampled(.reflection) == 1.5)
  }

  @Test func aResampledElementIsItsWeightedSum() throws {
    let result = try run(
      .resample(axis: 1),
      [
        ([2, 3, 1], TensorData([Float(1), 2, 3, 10, 20, 30]), .f32),
        ([2, 2], TensorData([Int32(0), 2, 1, 1]), .i32),
        ([2, 2], TensorData([Float(0.5), 0.25, 2, 0]), .f32),
        ([2], TensorData([Float(100), 0]), .f32),
      ])[0].elements(as: Float.self)
    #expect(result == [101.25, 4, 112.5, 40])
  }

  @Test func aRegionOfConstantSlopeIsSampledAtItsCells() throws {
    // x + 10 y, whose linear interpolation is exact.
    let image = (0..<64).map { Float($0 % 8) + 10 * Float($0 / 8) }
    let alignment = RegionAlignment(
      size: Size2D(height: 2, width: 2), samples: 1, isMaximum: false, hasHalfPixel: false, scale: 1)
    let result = try run(
      .regionAlignment(alignment),
      [
        ([1, 8, 8, 1], TensorData(image), .f32), ([1, 4], TensorData([Float(1), 2, 5, 6]), .f32),
        ([1], TensorData([Int32(0)]), .i32),
      ])[0].elements(as: Float.self)
    // Cells of 2 x 2 from (1, 2), each sampled at its centre.
    #expect(result == [32, 34, 52, 54])
  }

  @Test func overlappingBoxesLeaveTheBest() throws {
    let boxes: [Float] = [0, 0, 1, 1, 0, 0.1, 1, 1.1, 0, 2, 1, 3, 0, 2.05, 1, 3.05]
    let scores: [Float] = [0.6, 0.9, 0.3, 0.2]
    func left(_ overlap: Float, _ score: Float?, most: Int = 4) throws -> [Int64] {
      let results = try run(
        .nonMaxSuppression(
          NonMaxSuppression(
            mostPerClass: most, isCentered: false, overlapThreshold: overlap, scoreThreshold: score)),
        [([1, 4, 4], TensorData(boxes), .f32), ([1, 1, 4], TensorData(scores), .f32)])
      let count = Int(results[1].elements(as: Int64.self)[0])
      let rows = results[0].elements(as: Int64.self)
      #expect(rows[(3 * count)...].allSatisfy { $0 == -1 })
      return (0..<count).map { rows[3 * $0 + 2] }
    }
    #expect(try left(0.5, nil) == [1, 2])
    #expect(try left(0.99, nil) == [1, 0, 2, 3])
    #expect(try left(0.5, 0.3) == [1])
    #expect(try left(0.99, nil, most: 2) == [1, 0])
  }

  @Test func blocksAddUpWhereTheyOverlap() throws {
    // Two blocks of two in a row of three: the middle gets both.
    let result = try run(
      .blocksToImage(Window3D(size: Size3D([2])), image: Size3D([3])),
      [([1, 2, 2], TensorData([Float(1), 2, 10, 20]), .f32)])[0].elements(as: Float.self)
    #expect(result == [1, 12, 20])
  }

  @Test func withoutOffsetsADeformableConvolutionIsAConvolution() throws {
    let convolution = Convolution(padding: Padding2D(top: 1, left: 1, bottom: 0, right: 1), groups: 2)
    let (x, w) = (randoms(2 * 4 * 5 * 4, seed: 41), randoms(6 * 2 * 3 * 2, seed: 42))
    let image: (Shape, TensorData, ElementType) = ([2, 4, 5, 4], TensorData(x), .f32)
    let weights: (Shape, TensorData, ElementType) = ([6, 2, 3, 2], TensorData(w), .f32)
    let offsets = Array(repeating: Float(0), count: 2 * 4 * 5 * 2 * 6 * 2)
    let plain = try run(.conv2d(convolution), [image, weights])[0].elements(as: Float.self)
    let moved = try run(
      .deformableConvolution(convolution, offsetGroups: 2),
      [image, weights, ([2, 4, 5, 2, 6, 2], TensorData(offsets), .f32)])[0].elements(as: Float.self)
    // Sums of 12 products below 1 in another order.
    #expect(plain.count == moved.count && zip(plain, moved).allSatisfy { abs($0 - $1) <= 12 * 14 * 0x1p-24 })
  }

  @Test func offsetsOfOnePixelMoveTheImage() throws {
    let x = randoms(6, seed: 43)
    // A 1x1 convolution whose tap is moved one pixel to the right: outside there is nothing.
    let offsets: [Float] = (0..<12).map { Float($0 % 2) }
    let result = try run(
      .deformableConvolution(Convolution(), offsetGroups: 1),
      [
        ([1, 2, 3, 1], TensorData(x), .f32), ([1, 1, 1, 1], TensorData([Float(1)]), .f32),
        ([1, 2, 3, 1, 1, 2], TensorData(offsets), .f32),
      ])[0].elements(as: Float.self)
    #expect(result == [x[1], x[2], 0, x[4], x[5], 0])
  }
}
