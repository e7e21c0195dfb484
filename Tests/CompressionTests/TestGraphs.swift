import Compression
import Graph
import Lowering

enum TestGraphs {
  /// A small residual network: stem, two blocks of which one is depthwise separable, head and softmax.
  static func residual(seed: UInt64 = 5, channels: Int = 32, softmax: Bool = true) throws -> Graph {
    var b = GraphBuilder(name: "residual", weights: WeightRequest.seeded(seed))
    let image = b.input("image", shape: [1, 16, 16, 3])
    let stem = b.conv2d(image, filters: channels, kernel: .square(3), activation: .relu, name: "stem")
    var x = b.conv2d(stem, filters: channels, kernel: .square(3), activation: .relu, name: "first")
    x = b.conv2d(x, filters: channels, kernel: .square(3), name: "second")
    x = b.relu(b.add(x, stem, name: "sum"), name: "sum/relu")
    x = b.depthwiseConv2d(x, kernel: .square(3), strides: .square(2), activation: .relu6, name: "depthwise")
    x = b.conv2d(x, filters: channels, kernel: .square(1), useBias: false, name: "pointwise")
    x = b.relu(b.batchNorm(x, name: "norm"), name: "norm/relu")
    x = b.maxPool(x, window: .square(2))
    x = b.globalAveragePool(x)
    x = b.dense(x, units: 10, name: "logits")
    b.output(softmax ? b.softmax(x, name: "scores") : x)
    return try b.build()
  }

  static func elements(_ outputs: [TensorData]) -> [Float] { outputs.flatMap { $0.elements(as: Float.self) } }

  static func run(_ graph: Graph, _ inputs: [[TensorData]]) throws -> [[Float]] {
    let evaluator = try Evaluator(graph)
    return try inputs.map { elements(try evaluator.run($0)) }
  }

  static func fidelity(of variant: Graph, to graph: Graph, _ inputs: [[TensorData]]) throws -> OutputFidelity
  {
    OutputFidelity(reference: try run(graph, inputs), variant: try run(variant, inputs))
  }
}

extension Graph {
  func tensor(named name: String) -> Tensor? { tensors.first { $0.name == name } }

  /// The node of that name.
  func node(_ name: String) -> Node? { nodes.first { $0.name == name } }

  /// The shape of the weights of the node of that name.
  func weightShape(_ name: String) -> Shape? {
    node(name)?.inputs.dropFirst().first.flatMap { $0 }.map { self[$0].shape }
  }

  /// With the constant of that name changed.
  func changing(_ name: String, _ change: (inout [Float]) -> Void) -> Graph {
    var graph = self
    for index in graph.tensors.indices where graph.tensors[index].name == name {
      var values = graph.tensors[index].constant?.elements(as: Float.self) ?? []
      change(&values)
      graph.tensors[index].constant = TensorData(values)
    }
    return graph
  }
}
