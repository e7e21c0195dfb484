import Graph
import Testing

@Suite struct GraphCostTests {
  @Test func macsAreOutputsTimesProductsEach() throws {
    var b = GraphBuilder(name: "macs")
    let x = b.input("x", shape: [1, 8, 8, 4])
    let products: [(TensorID, KernelClass, Int)] = [
      (b.conv2d(x, filters: 6, kernel: .one), .pointwise, 8 * 8 * 6 * 4),
      (b.conv2d(x, filters: 6, kernel: .square(3)), .conv3x3s1, 8 * 8 * 6 * 9 * 4),
      (b.conv2d(x, filters: 6, kernel: .square(3), strides: .square(2)), .conv3x3s2, 4 * 4 * 6 * 9 * 4),
      (b.conv2d(x, filters: 6, kernel: .square(5), padding: .valid), .convKxK, 4 * 4 * 6 * 25 * 4),
      (b.conv2d(x, filters: 6, kernel: .square(3), groups: 2), .groupedConv, 8 * 8 * 6 * 9 * 2),
      (b.depthwiseConv2d(x, kernel: .square(3)), .depthwise3x3s1, 8 * 8 * 4 * 9),
      (b.depthwiseConv2d(x, kernel: .square(3), strides: .square(2)), .depthwise3x3s2, 4 * 4 * 4 * 9),
      (b.depthwiseConv2d(x, kernel: .square(3), dilations: .square(2)), .depthwise, 8 * 8 * 4 * 9),
      (
        b.transposeConv2d(x, filters: 3, kernel: .square(2), strides: .square(2)), .transposeConv,
        8 * 8 * 4 * 4 * 3
      ),
      (b.dense(b.flatten(x), units: 5), .fullyConnected, 256 * 5),
      (b.matMul(b.reshape(x, to: [4, 8, 8]), b.reshape(x, to: [4, 8, 8])), .matmul, 4 * 8 * 8 * 8),
    ]
    for product in products { b.output(product.0) }
    let graph = try b.build()
    let cost = try graph.cost()
    let counted = cost.nodes.filter(\.kernelClass.isProduct)
    #expect(counted.map(\.kernelClass) == products.map(\.1))
    #expect(counted.map(\.macs) == products.map(\.2))
    #expect(cost.macs == products.reduce(0) { $0 + $1.2 })
  }

  @Test func parametersAndBytesAreThoseOfConstantsInUse() throws {
    let cost = try GraphBuilderTests.tiny().cost()
    let parameters = 8 * 9 * 3 + 8 + 9 * 8 + 8 + 8 * 8 + 4 * 8 + 8 * 10 + 10
    #expect(cost.parameters == parameters)
    #expect(cost.weightBytes == [.f32: 4 * parameters])
  }

  @Test func halfWidthWeightsBehindDequantizeCountAsStored() throws {
    var b = GraphBuilder(name: "f16")
    let x = b.input("x", shape: [1, 3])
    let half = b.constant(
      "w", elementType: .f16, shape: [2, 3], TensorData([UInt16](repeating: 0, count: 6)))
    let weights = b.apply(.dequantize, [half], declared: TensorType(.f32, [2, 3]))
    b.output(b.apply(.fullyConnected(activation: .none, keepsLeadingAxes: true), [x, weights]))
    let cost = try b.build().cost()
    #expect(cost.weightBytes == [.f16: 12])
    #expect(cost.nodes.map(\.weightBytes) == [0, 12])
    #expect(cost.nodes.map(\.bytesWritten) == [0, 8])
    #expect(cost.activationBytes == 4 * (3 + 2))
  }

  @Test func thePeakIsTheMostThatIsAliveAtOnce() throws {
    var b = GraphBuilder(name: "peak")
    let x = b.input("x", shape: [1, 100])
    let long = b.relu(x)  // alive until the end
    let short = b.tanh(b.sigmoid(long))
    b.output(b.add(long, short))
    // At the tanh: long, sigmoid, tanh. The input is gone after the relu.
    #expect(try b.build().cost().peakActivationBytes == 3 * 400)
  }
}
