import Graph
import Lowering
import Testing

struct KernelCallTests {
  @Test func describeTheStepsOfAPlanAfterFusion() throws {
    var b = GraphBuilder(name: "net")
    let x = b.input("x", shape: [1, 12, 10, 3])
    let convolved = b.conv2d(x, filters: 8, kernel: .square(3), strides: .square(2), name: "conv")
    b.output(b.softmax(b.dense(b.flatten(b.relu(convolved)), units: 5, name: "dense")))
    let calls = try LoweredPlan(lowering: b.build()).kernelCalls
    #expect(calls.map { String($0.call.family) } == ["conv2d_f32", "fully_connected_f32", "softmax_f32"])
    // Output rows and columns, output channels, input channels, taps, stride.
    #expect(calls[0].call.sizes == [6, 5, 8, 3, 9, 2])
    #expect(calls[0].call.macs == 6 * 5 * 8 * 3 * 9)
    #expect(calls[0].call.readBytes == 4 * 12 * 10 * 3)
    #expect(calls[0].call.writtenBytes == 4 * 6 * 5 * 8)
    // Packed weights are no smaller than the weights.
    #expect(calls[0].call.constantBytes >= 4 * 8 * 3 * 9)
    #expect(calls[1].call.sizes == [1, 5, 240])
    #expect(calls[1].call.macs == 1200)
    #expect(calls[2].call.macs == 0)
  }
}
