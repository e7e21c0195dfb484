import Graph
import Lowering
import TestSupport
import Testing

/// Plans that only their sizes are asked of.
@Suite struct PlanSizesTests {
  @Test(arguments: 1...40) func sizesAreThoseOfTheFile(seed: UInt64) throws {
    let plan = try LoweredPlan(lowering: try RandomGraph.make(seed: seed))
    #expect(plan.fileBytes == plan.serialized().count, "seed \(seed)")
  }

  @Test func sizesNeedNoLookAtTheWeights() throws {
    let x = Tensor(name: "x", elementType: .f32, shape: [1, 400])
    let matrix = Tensor(
      name: "matrix", elementType: .f32, shape: [400, 300],
      constant: TensorData(byteCount: 480_000, zerosAsIn: TensorData([Float](repeating: 1, count: 120_000))) {
        _ in Issue.record("the weights were looked at")
      })
    let y = Tensor(name: "y", elementType: .f32, shape: [1, 300])
    var graph = Graph(name: "unseen")
    graph.tensors = [x, matrix, y]
    graph.nodes = [
      Node(
        name: "y", op: .matMul(transposeA: false, transposeB: false), inputs: [TensorID(0), TensorID(1)],
        outputs: [TensorID(2)])
    ]
    graph.inputs = [TensorID(0)]
    graph.outputs = [TensorID(2)]
    #expect(try LoweredPlan(lowering: graph).fileBytes > 480_000)
  }
}
