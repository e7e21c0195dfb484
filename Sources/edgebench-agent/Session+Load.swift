internal import CLinux

extension Session {
  /// A plan that is ready to run, and its inputs.
  struct Loaded {
    let plan: Plan
    let executor: Executor
    let inputs: InputSet
  }

  /// Loads the plan; says when it starts and what came of it.
  mutating func load(_ request: borrowing Request) throws(AgentError) -> Loaded {
    let start = eb_clock_ns()
    phase = .load
    begin("loading")
    end()
    let loaded = try Self.load(request)
    let elapsed = eb_clock_ns() - start
    begin("loaded")
    member("load_ns", elapsed)
    member("arena_bytes", loaded.plan.arenaBytes)
    member("state_bytes", loaded.plan.stateBytes)
    member("plan_bytes", loaded.plan.fileBytes)
    member("inputs", loaded.plan.inputCount)
    member("outputs", loaded.plan.outputCount)
    member("steps", loaded.plan.stepCount)
    memoryMembers()
    end()
    return loaded
  }

  private static func load(_ request: borrowing Request) throws(AgentError) -> Loaded {
    let plan: Plan
    let executor: Executor
    do throws(PlanError) {
      plan = try request.plan.withUnsafeBufferPointer { (path) throws(PlanError) in
        // It ends in NUL, so it is not empty.
        guard let path = UnsafeRawPointer(path.baseAddress) else { throw .cannotMap(errno: 0) }
        return try Plan(mapping: path.assumingMemoryBound(to: CChar.self))
      }
      executor = try Executor(plan: plan, threads: request.threads)
    } catch {
      throw AgentError(error)
    }
    return Loaded(plan: plan, executor: executor, inputs: try InputSet(plan: plan, sources: request.inputs))
  }

  /// The kernel's figures; left out where it does not tell.
  mutating func memoryMembers() {
    var now: UInt64 = 0
    var peak: UInt64 = 0
    guard eb_memory_resident(&now, &peak) == 0 else { return }
    member("peak_memory_bytes", peak)
    member("resident_bytes", now)
  }
}
