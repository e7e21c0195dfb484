/// Builds a graph layer by layer, in the order of execution; shapes follow from the operators.
///
///     var b = GraphBuilder(name: "tiny", weights: WeightRequest.seeded(7))
///     let image = b.input("image", shape: [1, 32, 32, 3])
///     var x = b.conv2d(image, filters: 16, kernel: .square(3), activation: .relu)
///     x = b.dense(b.globalAveragePool(x), units: 10)
///     b.output(b.softmax(x))
///     let graph = try b.build()
///
/// A layer that does not fit is reported by ``build()``, with its name; layers after it are not added.
public struct GraphBuilder {
  /// Padding of a window: as TensorFlow names it, or explicit.
  public enum Padding: Sendable, Hashable {
    case same, valid
    case explicit(Padding2D)
  }

  let weights: WeightGenerator
  private var graph: Graph
  private var failure: GraphError?
  private var names = UniqueNames()

  /// - Parameter weights: Makes every constant that a layer needs; ``WeightRequest/seeded(_:)`` by default.
  public init(name: String, weights: @escaping WeightGenerator = WeightRequest.seeded(1)) {
    graph = Graph(name: name)
    self.weights = weights
  }

  /// The finished graph, validated.
  public func build() throws(GraphError) -> Graph {
    if let failure { throw failure }
    try graph.validate()
    return graph
  }

  public mutating func input(
    _ name: String, shape: Shape, elementType: ElementType = .f32, quantization: Quantization? = nil
  ) -> TensorID {
    let id = add(
      Tensor(name: name, elementType: elementType, shape: shape, quantization: quantization))
    graph.inputs.append(id)
    return id
  }

  public mutating func output(_ id: TensorID) { graph.outputs.append(id) }

  /// A constant with the caller's values.
  public mutating func constant(_ name: String, shape: Shape, _ values: [Float]) -> TensorID {
    constant(name, elementType: .f32, shape: shape, TensorData(values))
  }

  /// A constant of any element type; `data` has its bytes.
  public mutating func constant(
    _ name: String, elementType: ElementType, shape: Shape, quantization: Quantization? = nil,
    _ data: TensorData
  ) -> TensorID {
    add(
      Tensor(
        name: name, elementType: elementType, shape: shape, quantization: quantization, constant: data))
  }

  /// The values that the generator makes for `request`: constants that no layer asks for.
  public func constantValues(_ request: WeightRequest) -> [Float] { weights(request) }

  /// A value kept between inferences, zeros at first.
  public mutating func state(
    _ name: String, shape: Shape, elementType: ElementType = .f32, initial: TensorData? = nil
  ) -> StateID {
    graph.states.append(State(name: name, elementType: elementType, shape: shape, initial: initial))
    return StateID(graph.states.count - 1)
  }

  public func type(of id: TensorID) -> TensorType { graph[id].type }
  public func shape(of id: TensorID) -> Shape { graph[id].shape }

  /// Adds a node with one output, whose type follows from the inputs or, where they do not determine it, is
  /// `declared`.
  public mutating func apply(
    _ op: Operator, _ inputs: [TensorID?], name: String? = nil, declared: TensorType? = nil,
    quantization: Quantization? = nil
  ) -> TensorID {
    layer(uniqueName(name ?? op.name), op, inputs, declared: declared, quantization: quantization)
  }

  /// Adds a node with a name that is already unique.
  mutating func layer(
    _ name: String, _ op: Operator, _ inputs: [TensorID?], declared: TensorType? = nil,
    quantization: Quantization? = nil
  ) -> TensorID {
    guard failure == nil else { return TensorID(0) }
    do throws(GraphError) {
      let types = try op.outputTypes(
        node: name, inputs: inputs.map { $0.map { graph[$0].type } },
        declared: declared.map { [$0] } ?? [], states: graph.states)
      guard types.count == 1 else {
        throw GraphError(
          place: "node '\(name)' (\(op.name))", found: "\(types.count) outputs", expected: "1")
      }
      let output = add(
        Tensor(
          name: name, elementType: types[0].elementType, shape: types[0].shape,
          quantization: quantization))
      graph.nodes.append(Node(name: name, op: op, inputs: inputs, outputs: [output]))
      return output
    } catch {
      return fail(error)
    }
  }

  /// Sets a state to `value`.
  public mutating func write(_ value: TensorID, to state: StateID, name: String? = nil) {
    let name = uniqueName(name ?? Operator.writeState(state).name)
    guard failure == nil else { return }
    graph.nodes.append(Node(name: name, op: .writeState(state), inputs: [value], outputs: []))
  }

  /// Notes the first failure; `build()` throws it.
  mutating func fail(_ error: GraphError) -> TensorID {
    if failure == nil { failure = error }
    // Later layers are given this tensor; it must exist, and nothing is built from it.
    return graph.tensors.isEmpty ? add(Tensor(name: "invalid", elementType: .f32, shape: [1])) : TensorID(0)
  }

  /// `name`, or `name_1`, `name_2`, ... where it is taken.
  mutating func uniqueName(_ name: String) -> String { names.take(name) }

  /// A constant from the generator; `nil` once a layer has failed.
  mutating func weight(
    _ role: WeightRequest.Role, _ name: String, shape: Shape, fanIn: Int = 1, fanOut: Int = 1,
    activation: Activation = .none
  ) -> TensorID? {
    guard failure == nil else { return nil }
    guard let count = shape.elementCount, count <= Shape.largestByteCount / 4 else {
      _ = fail(GraphError(place: "constant '\(name)'", found: "\(shape)", expected: "at most 1 TiB"))
      return nil
    }
    let values = weights(
      WeightRequest(
        name: name, role: role, shape: shape, fanIn: fanIn, fanOut: fanOut, activation: activation))
    guard values.count == count else {
      _ = fail(
        GraphError(
          place: "constant '\(name)'", found: "\(values.count) generated values",
          expected: "\(count) for \(shape)"))
      return nil
    }
    return constant(name, shape: shape, values)
  }

  private mutating func add(_ tensor: Tensor) -> TensorID {
    graph.tensors.append(tensor)
    return TensorID(graph.tensors.count - 1)
  }
}
