/// A model: tensors, and the operators that make them from each other, in an order that can be run.
///
/// Every model format is read into this one representation. Activations are channels-last
/// (`[batch, height, width, channels]`); a reader converts where its format differs.
public struct Graph: Sendable {
  public var name: String
  public var tensors: [Tensor]
  /// In execution order: every input of a node is a graph input, a constant, or made by an earlier node.
  public var nodes: [Node]
  public var inputs: [TensorID]
  public var outputs: [TensorID]
  /// Values that outlive an inference (the ring buffers of a streaming model).
  public var states: [State]
  /// The inputs whose values decided a shape or a branch when the model was read: the graph is the model's only for
  /// values that decide alike.
  public var tracedInputs: [TensorID] = []
  /// What of the model's file is not in the graph; `nil` where all is.
  public var omissions: GraphOmissions?

  public init(
    name: String, tensors: [Tensor] = [], nodes: [Node] = [], inputs: [TensorID] = [],
    outputs: [TensorID] = [], states: [State] = []
  ) {
    self.name = name
    self.tensors = tensors
    self.nodes = nodes
    self.inputs = inputs
    self.outputs = outputs
    self.states = states
  }

  public subscript(id: TensorID) -> Tensor {
    get { tensors[id.index] }
    set { tensors[id.index] = newValue }
  }
}

/// Names a tensor of one graph.
public struct TensorID: Sendable, Hashable, Codable {
  public let index: Int
  public init(_ index: Int) { self.index = index }
}

/// Names a state of one graph.
public struct StateID: Sendable, Hashable, Codable {
  public let index: Int
  public init(_ index: Int) { self.index = index }
}

public struct Tensor: Sendable {
  public var name: String
  public var elementType: ElementType
  public var shape: Shape
  public var quantization: Quantization?
  /// The value, where it is known before the model runs.
  public var constant: TensorData?

  public init(
    name: String, elementType: ElementType, shape: Shape, quantization: Quantization? = nil,
    constant: TensorData? = nil
  ) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.quantization = quantization
    self.constant = constant
  }
}

/// One application of an operator.
public struct Node: Sendable {
  public var name: String
  public var op: Operator
  /// `nil` where an optional input is left out.
  public var inputs: [TensorID?]
  public var outputs: [TensorID]

  public init(name: String, op: Operator, inputs: [TensorID?], outputs: [TensorID]) {
    self.name = name
    self.op = op
    self.inputs = inputs
    self.outputs = outputs
  }
}

/// A value kept between inferences.
public struct State: Sendable {
  public var name: String
  public var elementType: ElementType
  public var shape: Shape
  public var quantization: Quantization?
  /// The value before the first inference; zeros where `nil`.
  public var initial: TensorData?

  public init(
    name: String, elementType: ElementType, shape: Shape, quantization: Quantization? = nil,
    initial: TensorData? = nil
  ) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.quantization = quantization
    self.initial = initial
  }
}
