public import Graph
internal import Inference
internal import Units
internal import Lowering

/// The project's own kernels: a graph is lowered to a plan for one instruction set.
public struct BuiltinEngine: Engine {
  public let name = "builtin"
  public var maximumThreads: Int { Executor.maximumThreads }

  public let arithmetic: Arithmetic
  private let instructionSet: InstructionSet

  /// For this processor.
  public init(arithmetic: Arithmetic = .f32) {
    instructionSet = .host
    self.arithmetic = arithmetic
  }

  /// For a processor whose instruction set an agent has named: "neon". `nil` where there are no kernels for it.
  public init?(instructionSet name: String, arithmetic: Arithmetic = .f32) {
    guard let instructionSet = InstructionSet(named: name) else { return nil }
    self.instructionSet = instructionSet
    self.arithmetic = arithmetic
  }

  public func makeArtefact(of graph: Graph, at path: String) throws(EngineError) -> Artefact {
    let plan = try plan(of: graph)
    do throws(LoweringError) {
      return Artefact(of: plan, path: path, size: try plan.write(to: path))
    } catch {
      throw .cannotWrite(error.description)
    }
  }

  /// What ``makeArtefact(of:at:)`` would make, its sizes alone: no weight is looked at and nothing is written.
  public func plannedArtefact(of graph: Graph) throws(EngineError) -> Artefact {
    let plan = try plan(of: graph)
    return Artefact(of: plan, path: "", size: plan.fileBytes)
  }

  public func prunedLayers(of graph: Graph) -> [PrunedLayer] { graph.prunedLayers(for: instructionSet) }

  private func plan(of graph: Graph) throws(EngineError) -> LoweredPlan {
    guard arithmetic == .f32 || instructionSet.hasHalfArithmetic else {
      throw .cannotRun(
        "f16 arithmetic was asked for, which '\(instructionSet.name ?? "-")' does not have; expected neonfp16dot or neoni8mm. Leave '--arithmetic f16' out."
      )
    }
    do throws(LoweringError) {
      return try LoweredPlan(
        lowering: graph,
        options: PlanOptions(instructionSet: instructionSet, arithmetic: arithmetic == .f16 ? .f16 : .f32))
    } catch {
      throw .cannotRun(error.description)
    }
  }
}

extension Artefact {
  fileprivate init(of plan: LoweredPlan, path: String, size: Int) {
    self.init(
      path: path, size: ByteCount(bytes: size), arena: ByteCount(bytes: plan.arenaBytes),
      arenaLowerBound: ByteCount(bytes: plan.memory.lowerBound), state: ByteCount(bytes: plan.stateBytes),
      weights: ByteCount(bytes: plan.constantsBytes), stepCount: plan.stepCount)
  }
}

extension BuiltinEngine {
  /// The kernels that an inference of `graph` calls on this machine, in their order, each with its node's name.
  public func kernelCalls(of graph: Graph) throws(EngineError) -> [(node: String, call: KernelCall)] {
    do throws(LoweringError) {
      return try LoweredPlan(lowering: graph).kernelCalls
    } catch {
      throw .cannotRun(error.description)
    }
  }
}
