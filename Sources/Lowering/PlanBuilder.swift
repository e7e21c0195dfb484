internal import CKernels
internal import Graph

/// Chooses operators for a graph's nodes, in order, and memory for its tensors.
struct PlanBuilder {
  let graph: Graph
  let index: GraphIndex
  let options: PlanOptions
  private(set) var tensors: [LoweredTensor] = []
  private(set) var steps: [LoweredStep] = []
  private(set) var buffers: [Buffer] = []
  private(set) var inputs: [Int] = []
  private(set) var outputs: [Int] = []
  private(set) var inputBuffers: Set<Int> = []
  /// For each tensor of the graph, the lowered one that holds its value; `nil` before it is made.
  private var values: [Int?]
  /// For each state, the lowered tensor that is its memory.
  private var states: [Int] = []
  /// Nodes that an earlier node does along with its own work.
  var absorbed: Set<Int> = []
  /// The node that is being lowered.
  private(set) var position = 0

  init(_ graph: Graph, options: PlanOptions) {
    self.graph = graph
    self.options = options
    index = GraphIndex(graph)
    values = Array(repeating: nil, count: graph.tensors.count)
  }

  mutating func lower() throws(LoweringError) {
    for id in graph.inputs {
      let tensor = addTensor(like: graph[id], buffer: try addArenaBuffer(for: graph[id]))
      values[id.index] = tensor
      inputs.append(tensor)
      inputBuffers.insert(tensors[tensor].buffer)
    }
    for state in graph.states { try addState(state) }
    absorbed = graph.wideningOfBlockWeights(index)
    for (position, node) in graph.nodes.enumerated() where !absorbed.contains(position) {
      self.position = position
      let first = steps.count
      try lower(node)
      // Kernels of another machine's instruction set cannot be asked here; its agent asks them when it loads the plan.
      for step in steps[first...]
      where options.instructionSet.isSupported
        && !step.isAccepted(operandBytes: step.operands.map { tensors[$0].byteCount })
      {
        throw unsupported("its operator does not take these parameters")
      }
    }
    for id in graph.outputs { try addOutput(id) }
  }

  /// An error at the node that is being lowered.
  func unsupported(_ reason: String) -> LoweringError {
    guard position < graph.nodes.count else {
      return .unsupported(node: graph.name, op: "graph", reason: reason)
    }
    let node = graph.nodes[position]
    return .unsupported(node: node.name, op: node.op.name, reason: reason)
  }
}

// MARK: Tensors and buffers

extension PlanBuilder {
  /// The lowered tensor that holds the value of `id`, which an earlier node made or which is constant.
  mutating func value(_ id: TensorID) throws(LoweringError) -> Int {
    if let value = values[id.index] { return value }
    guard let constant = graph[id].constant else { throw unsupported("'\(graph[id].name)' is not made yet") }
    let value = addTensor(like: graph[id], buffer: addConstantBuffer(constant))
    values[id.index] = value
    return value
  }

  /// The lowered tensor for the output `id` of the node that is being lowered: memory of its own.
  mutating func define(_ id: TensorID) throws(LoweringError) -> Int {
    let value = addTensor(like: graph[id], buffer: try addArenaBuffer(for: graph[id]))
    values[id.index] = value
    return value
  }

  /// Makes `id` another name for what `value` holds, from byte `offset` on.
  mutating func alias(_ id: TensorID, to value: Int, offset: Int = 0) throws(LoweringError) {
    let whole = tensors[value]
    let byteCount = try byteCount(of: graph[id])
    if case .state = buffers[whole.buffer].space {
      // A state is one tensor of the plan.
      values[id.index] = value
      return
    }
    values[id.index] = addTensor(
      like: graph[id], buffer: whole.buffer, offset: whole.offset + offset, byteCount: byteCount)
  }

  mutating func addConstant(_ data: TensorData, name: String) -> Int {
    add(
      LoweredTensor(
        name: name, elementType: nil, shape: [], quantization: nil, buffer: addConstantBuffer(data),
        offset: 0,
        byteCount: data.byteCount))
  }

  /// Memory of the arena for the step that comes next, and only for it.
  mutating func addScratch(byteCount: Int, name: String) -> Int {
    buffers.append(Buffer(space: .arena, byteCount: byteCount))
    return add(
      LoweredTensor(
        name: name, elementType: nil, shape: [], quantization: nil, buffer: buffers.count - 1, offset: 0,
        byteCount: byteCount))
  }

  /// Memory that an operator prepares once and reads in every run.
  mutating func addWorkspace(byteCount: Int, name: String) -> Int {
    buffers.append(Buffer(space: .state(initial: nil), byteCount: byteCount))
    return add(
      LoweredTensor(
        name: name, elementType: nil, shape: [], quantization: nil, buffer: buffers.count - 1, offset: 0,
        byteCount: byteCount))
  }

  /// Memory for a tensor that no node of the graph names: what comes between two steps of one node.
  mutating func addTemporary(_ type: TensorType, name: String) throws(LoweringError) -> Int {
    let tensor = Tensor(name: name, elementType: type.elementType, shape: type.shape)
    return addTensor(like: tensor, buffer: try addArenaBuffer(for: tensor))
  }

  /// Puts the whole of `buffer` at `offset` of `parent`.
  mutating func place(_ buffer: Int, inside parent: Int, at offset: Int) {
    buffers[buffer].parent = (parent, offset)
  }

  func stateValue(_ id: StateID) -> Int { states[id.index] }

  /// The type's size in bytes; the graph was validated.
  func byteCount(of tensor: Tensor) throws(LoweringError) -> Int {
    guard let count = tensor.type.byteCount else { throw unsupported("'\(tensor.name)' is too large") }
    return count
  }

  private mutating func addArenaBuffer(for tensor: Tensor) throws(LoweringError) -> Int {
    buffers.append(Buffer(space: .arena, byteCount: try byteCount(of: tensor)))
    return buffers.count - 1
  }

  private mutating func addConstantBuffer(_ data: TensorData) -> Int {
    buffers.append(Buffer(space: .constant(data), byteCount: data.byteCount))
    return buffers.count - 1
  }

  private mutating func addState(_ state: State) throws(LoweringError) {
    let tensor = Tensor(
      name: state.name, elementType: state.elementType, shape: state.shape, quantization: state.quantization)
    buffers.append(Buffer(space: .state(initial: state.initial), byteCount: try byteCount(of: tensor)))
    states.append(addTensor(like: tensor, buffer: buffers.count - 1))
  }

  /// An output needs memory that no later step changes, and an entry with its own shape.
  private mutating func addOutput(_ id: TensorID) throws(LoweringError) {
    var value = try value(id)
    if case .state = buffers[tensors[value].buffer].space {
      let copy = addTensor(like: graph[id], buffer: try addArenaBuffer(for: graph[id]))
      addCopy(from: value, to: copy, node: graph[id].name)
      value = copy
    } else if tensors[value].shape != graph[id].shape || tensors[value].elementType != graph[id].elementType {
      value = addTensor(
        like: graph[id], buffer: tensors[value].buffer, offset: tensors[value].offset,
        byteCount: tensors[value].byteCount)
    }
    outputs.append(value)
  }

  private mutating func addTensor(like tensor: Tensor, buffer: Int, offset: Int = 0, byteCount: Int? = nil)
    -> Int
  {
    add(
      LoweredTensor(
        name: tensor.name, elementType: tensor.elementType, shape: tensor.shape,
        quantization: tensor.quantization,
        buffer: buffer, offset: offset, byteCount: byteCount ?? buffers[buffer].byteCount))
  }

  private mutating func add(_ tensor: LoweredTensor) -> Int {
    tensors.append(tensor)
    return tensors.count - 1
  }
}

// MARK: Steps

extension PlanBuilder {
  /// Adds a step whose output is the last operand unless `output` says otherwise.
  mutating func addStep<Parameters: BitwiseCopyable>(
    _ op: eb_op, _ parameters: Parameters, _ operands: [Int], output: Int? = nil, reusable: [Int] = [],
    node: String? = nil
  ) {
    let bytes = AlignedBytes(byteCount: MemoryLayout<Parameters>.size)
    bytes.buffer.storeBytes(of: parameters, as: Parameters.self)
    steps.append(
      LoweredStep(
        op: op.rawValue, parameters: bytes.data.elements(as: UInt8.self), operands: operands,
        output: output ?? operands.count - 1, reusable: reusable,
        node: node ?? (position < graph.nodes.count ? graph.nodes[position].name : "")))
  }

  mutating func addCopy(from source: Int, to destination: Int, node: String? = nil) {
    addStep(
      EB_OP_COPY, eb_count_params(count: UInt64(tensors[destination].byteCount)), [source, destination],
      node: node)
  }
}
