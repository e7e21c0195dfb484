/// What of a model file is not in the graph that was read of it, where the reader was asked to leave out what edgebench
/// cannot run: the graph is cut there.
///
/// The graph is valid, and can be sized but not run: what an omitted operator makes is an input of the graph (after the
/// model's own), what it reads is an output (after the model's own).
public struct GraphOmissions: Sendable, Hashable {
  /// In the file's order.
  public var operators: [OmittedOperator] = []
  /// The model's outputs whose shape is not known, by name.
  public var unknownOutputs: [String] = []
  /// How many of the graph's inputs are the model's.
  public var inputCount = 0
  /// How many of the graph's outputs are the model's.
  public var outputCount = 0

  public init() {}
}

/// An operator that is not in the graph.
public struct OmittedOperator: Sendable, Hashable {
  /// By the format's name: "CumSum".
  public var name: String
  /// "node 12 'x' (CumSum, opset 14)".
  public var place: String
  /// What is missing, as it goes on after the place: "is CumSum".
  public var reason: String
  /// What would work instead, a sentence's end: "write it as ..."; `nil` where another omission is the cause.
  public var remedy: String?

  public init(name: String, place: String, reason: String, remedy: String?) {
    self.name = name
    self.place = place
    self.reason = reason
    self.remedy = remedy
  }
}

extension Graph {
  /// Notes that an operator is left out; the inputs there are by then are the model's own.
  public mutating func omit(_ op: OmittedOperator) {
    if omissions == nil {
      omissions = GraphOmissions()
      omissions?.inputCount = inputs.count
    }
    omissions?.operators.append(op)
  }

  /// The inputs that are the model's own.
  public var ownInputs: ArraySlice<TensorID> { inputs.prefix(omissions?.inputCount ?? inputs.count) }

  /// The outputs that are the model's own.
  public var ownOutputs: ArraySlice<TensorID> { outputs.prefix(omissions?.outputCount ?? outputs.count) }

  /// What omitted operators read: results of the graph's nodes, and constants.
  public var omittedOperands: ArraySlice<TensorID> { outputs.dropFirst(ownOutputs.count) }
}
