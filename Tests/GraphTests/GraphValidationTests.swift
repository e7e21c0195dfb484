import Graph
import Testing

@Suite struct GraphValidationTests {
  /// One change to a valid graph, and a part of the message that must name it.
  struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var message: String
    var apply: @Sendable (inout Graph) -> Void
  }

  static let changes: [Change] = [
    Change(testDescription: "an input out of range", message: "an input is tensor 99") {
      $0.nodes[0].inputs[0] = TensorID(99)
    },
    Change(testDescription: "a negative output", message: "an output is tensor -1") {
      $0.nodes[0].outputs[0] = TensorID(-1)
    },
    Change(testDescription: "nodes out of order", message: "is not there yet") { $0.nodes.swapAt(0, 1) },
    Change(testDescription: "a tensor made twice", message: "is already there") {
      $0.nodes[1].outputs = $0.nodes[0].outputs
    },
    Change(testDescription: "an input listed twice", message: "listed twice") {
      $0.inputs.append($0.inputs[0])
    },
    Change(testDescription: "an output that nothing makes", message: "no node makes") {
      $0.tensors.append(Tensor(name: "loose", elementType: .f32, shape: [1]))
      $0.outputs = [TensorID($0.tensors.count - 1)]
    },
    Change(testDescription: "an output out of range", message: "an output is tensor 99") {
      $0.outputs = [TensorID(99)]
    },
    Change(testDescription: "a constant cut short", message: "a constant of 4 bytes") {
      $0.tensors[1].constant = TensorData([Float(0)])
    },
    Change(testDescription: "a wrong output shape", message: "output 'conv2d' is f32 1x5x5x9") {
      $0[$0.nodes[0].outputs[0]].shape = [1, 5, 5, 9]
    },
    Change(testDescription: "no shape at all", message: "extents of 1") {
      $0.tensors[0].shape = [1, 0, 9, 3]
    },
    Change(testDescription: "a shape that overflows", message: "1 TiB") {
      $0.tensors[0].shape = [1 << 30, 1 << 30, 1 << 30]
    },
    Change(testDescription: "quantized floats", message: "with quantization") {
      $0.tensors[0].quantization = .perTensor(scale: 1, zeroPoint: 0)
    },
    Change(testDescription: "a state out of range", message: "state 3") {
      $0.nodes.append(Node(name: "w", op: .writeState(StateID(3)), inputs: [$0.inputs[0]], outputs: []))
    },
    Change(testDescription: "a state's initial value cut short", message: "an initial value of 1 bytes") {
      $0.states.append(State(name: "s", elementType: .f32, shape: [2], initial: TensorData([UInt8(0)])))
    },
    Change(testDescription: "two outputs of one result", message: "2 outputs; expected 1") {
      $0.tensors.append(Tensor(name: "second", elementType: .f32, shape: [1]))
      $0.nodes[0].outputs.append(TensorID($0.tensors.count - 1))
    },
  ]

  @Test(arguments: changes) func oneChangeIsRefusedByName(_ change: Change) throws {
    var graph = try GraphBuilderTests.tiny()
    try graph.validate()
    change.apply(&graph)
    #expect {
      try graph.validate()
    } throws: { error in
      error is GraphError && "\(error)".contains(change.message)
    }
  }

  /// A quantized fully connected layer, whose operands' quantization a test replaces.
  static func dense(
    x: Quantization? = .perTensor(scale: 0.5, zeroPoint: -3),
    weights: Quantization? = .perChannel(scales: [1, 2], axis: 0),
    y: Quantization? = .perTensor(scale: 1, zeroPoint: 0)
  ) -> Graph {
    Graph(
      name: "dense",
      tensors: [
        Tensor(name: "x", elementType: .i8, shape: [1, 3], quantization: x),
        Tensor(
          name: "w", elementType: .i8, shape: [2, 3], quantization: weights,
          constant: TensorData([Int8](repeating: 1, count: 6))),
        Tensor(name: "y", elementType: .i8, shape: [1, 2], quantization: y),
      ],
      nodes: [
        Node(
          name: "fc", op: .fullyConnected(activation: .none, keepsLeadingAxes: true),
          inputs: [TensorID(0), TensorID(1)], outputs: [TensorID(2)])
      ],
      inputs: [TensorID(0)], outputs: [TensorID(2)])
  }

  @Test func quantizedOperandsSayWhatTheyStandFor() throws {
    try Self.dense().validate()
    let refused: [Graph] = [
      Self.dense(x: nil), Self.dense(weights: nil), Self.dense(y: nil),
      Self.dense(x: .perTensor(scale: 0, zeroPoint: 0)), Self.dense(x: .perTensor(scale: .nan, zeroPoint: 0)),
      Self.dense(x: .perTensor(scale: .infinity, zeroPoint: 0)),
      Self.dense(x: .perTensor(scale: 1, zeroPoint: 128)),
      Self.dense(x: .perChannel(scales: [1], axis: 0)),
      Self.dense(weights: .perChannel(scales: [1, 2, 3], axis: 0)),
      Self.dense(weights: .perChannel(scales: [1, 2, 3], axis: 1)),
      Self.dense(weights: .perChannel(scales: [1, 2], axis: 5)),
      Self.dense(weights: Quantization(scales: [1, 2], zeroPoints: [0], axis: 0)),
    ]
    for graph in refused { #expect(throws: GraphError.self) { try graph.validate() } }
  }
}
