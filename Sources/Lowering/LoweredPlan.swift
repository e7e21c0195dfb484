public import Graph
internal import CPlanFormat

/// A graph as calls of operators on memory: what an `.ebplan` file holds.
public struct LoweredPlan: Sendable {
  /// What the plan was made from, after all passes.
  public let graph: Graph
  public let instructionSet: InstructionSet
  /// Where activations and scratch lie.
  public let memory: MemoryPlan
  let tensors: [LoweredTensor]
  let steps: [LoweredStep]
  let buffers: [Buffer]
  let inputs: [Int]
  let outputs: [Int]

  /// Lowers `graph`, which need not be validated, for the instruction set of `options`.
  ///
  /// The plan's inputs and outputs are the graph's, in its order. To observe an intermediate tensor, make it an
  /// output of the graph: nothing that would hide it is then fused.
  public init(lowering graph: Graph, options: PlanOptions = PlanOptions()) throws(LoweringError) {
    do throws(GraphError) { try graph.validate() } catch { throw .invalid(error) }
    let prepared = try graph.prepared(for: options)
    var builder = PlanBuilder(prepared, options: options)
    try builder.lower()
    self.graph = prepared
    instructionSet = options.instructionSet
    memory = MemoryPlan(builder)
    tensors = builder.tensors
    steps = builder.steps
    buffers = builder.buffers
    inputs = builder.inputs
    outputs = builder.outputs
  }

  /// Activations and scratch, in bytes.
  public var arenaBytes: Int { memory.arenaBytes }
  /// What outlives an inference, in bytes: states and prepared workspaces.
  public var stateBytes: Int { memory.stateBytes }
  /// Packed weights and other constants, in bytes.
  public var constantsBytes: Int { memory.constantsBytes }
  public var stepCount: Int { steps.count }
}

extension Graph {
  /// The graph after the passes that come before operators are chosen.
  fileprivate func prepared(for options: PlanOptions) throws(LoweringError) -> Graph {
    var graph = removingDeadNodes()
    if options.halfWeights == .keep { graph = graph.keepingHalfWeights() }
    graph = try graph.withSignedElements()
    graph = try graph.splittingActivations()
    graph = graph.wideningUnsupportedElements()
    graph = graph.replacingPointwiseBlockWeights()
    if options.foldsConstants { graph = try graph.foldingConstants() }
    graph = graph.recognizingFunctions()
    graph = graph.replacingComputedWeights()
    graph = graph.fusingBiases()
    graph = graph.foldingBatchNorms()
    graph = graph.expandingBatchNorms()
    graph = graph.replacingMatMuls()
    graph = graph.fusingBiases()
    graph = graph.fusingPadding()
    return graph.removingDeadNodes()
  }
}
