internal import CKernels
internal import CLinux
internal import CPlanFormat

/// Runs a plan. All memory is allocated when it is made; a run allocates nothing.
public final class Executor {
  public let plan: Plan
  private let arena: Pages
  private let states: Pages
  private let steps: UnsafeMutableBufferPointer<Step>
  private let operands: UnsafeMutableBufferPointer<UnsafeMutableRawPointer?>
  private var context: eb_context
  private let pool: OpaquePointer?

  /// A step with everything looked up.
  private struct Step {
    let run:
      @convention(c) (UnsafeRawPointer?, UnsafePointer<UnsafeMutableRawPointer?>?, UnsafePointer<eb_context>?)
        -> Void
    let parameters: UnsafeRawPointer
    let operands: UnsafePointer<UnsafeMutableRawPointer?>
  }

  /// Allocates arena and states, sets the states' initial values, and prepares every operator.
  ///
  /// - Parameter threads: How many threads an operator may use, the caller's included; no more than
  ///   ``maximumThreads`` are used. Results do not depend on it.
  /// - Throws: ``PlanError/instructionSet(_:)`` if this processor cannot run the plan,
  ///   ``PlanError/outOfMemory(bytes:)`` if the system gives no memory, ``PlanError/noThreads(_:)`` if it gives no
  ///   threads.
  public init(plan: Plan, threads: Int = 1) throws(PlanError) {
    guard eb_isa_is_supported(eb_isa(rawValue: plan.instructionSet)) else {
      throw .instructionSet(plan.instructionSet)
    }
    self.plan = plan
    arena = try Pages(byteCount: Int(plan.arenaBytes))
    states = try Pages(byteCount: Int(plan.stateBytes))
    pool = try Self.makePool(
      threads: min(threads, Self.maximumThreads), scratchBytes: plan.largestScratchBytes)
    context = eb_context(threads: UInt32(clamping: max(1, threads)), pool: pool)
    steps = .allocate(capacity: plan.stepCount)
    operands = .allocate(
      capacity: (0..<plan.stepCount).reduce(0) { $0 + Int(plan.stepEntry($1).operand_count) })
    resolveSteps()
    resetStates()
    prepareSteps()
  }

  deinit {
    eb_pool_destroy(pool)
    steps.deallocate()
    operands.deallocate()
  }

  /// The most threads that an executor uses.
  public static var maximumThreads: Int { Int(EB_MAX_THREADS) }

  private static func makePool(threads: Int, scratchBytes: Int) throws(PlanError) -> OpaquePointer? {
    guard threads > 1 else { return nil }
    guard let pool = eb_pool_create(UInt32(threads), scratchBytes) else { throw .noThreads(threads) }
    return pool
  }

  /// The memory of the model's `index`th input, to be filled before each run: steps may reuse it.
  public func input(_ index: Int) -> UnsafeMutableRawBufferPointer {
    let entry = plan.tensor(plan.inputTensor(index))
    return UnsafeMutableRawBufferPointer(start: address(of: entry), count: Int(entry.bytes))
  }

  /// The model's `index`th output, valid after a run and until the next one.
  public func output(_ index: Int) -> UnsafeRawBufferPointer {
    let entry = plan.tensor(plan.outputTensor(index))
    return UnsafeRawBufferPointer(start: address(of: entry), count: Int(entry.bytes))
  }

  /// One inference.
  public func run() {
    eb_pool_begin_inference(pool)
    withUnsafePointer(to: context) { context in
      for step in steps { step.run(step.parameters, step.operands, context) }
    }
    eb_pool_end_inference(pool)
  }

  /// One step of an inference, for profiling: the steps are to be run in order.
  public func run(step index: Int) {
    let step = steps[index]
    withUnsafePointer(to: context) { step.run(step.parameters, step.operands, $0) }
  }

  /// Gives every state its initial value, as before the first inference.
  public func resetStates() {
    for index in 0..<Int(plan.header.tensors.count) {
      let entry = plan.tensor(index)
      guard entry.space == EB_PLAN_STATE.rawValue, !isWorkspace(entry), entry.bytes > 0 else { continue }
      let destination = address(of: entry)
      if entry.initial == EB_PLAN_NO_INITIAL {
        destination.initializeMemory(as: UInt8.self, repeating: 0, count: Int(entry.bytes))
      } else {
        destination.copyMemory(from: constants + Int(entry.initial), byteCount: Int(entry.bytes))
      }
    }
  }

  private var constants: UnsafeRawPointer { plan.base + Int(plan.header.constants_offset) }

  /// Workspaces have no element type; states do.
  private func isWorkspace(_ entry: eb_plan_tensor) -> Bool { entry.element_type == 0 }

  private func address(of entry: eb_plan_tensor) -> UnsafeMutableRawPointer {
    switch entry.space {
    case EB_PLAN_ARENA.rawValue: arena.base + Int(entry.offset)
    case EB_PLAN_STATE.rawValue: states.base + Int(entry.offset)
    // Verified: no step writes to a constant.
    default: UnsafeMutableRawPointer(mutating: constants + Int(entry.offset))
    }
  }

  private func resolveSteps() {
    var next = 0
    for index in 0..<plan.stepCount {
      let step = plan.stepEntry(index)
      let first = next
      for position in 0..<Int(step.operand_count) {
        operands.initializeElement(at: next, to: address(of: plan.tensor(plan.operand(position, of: step))))
        next += 1
      }
      guard let run = eb_operator_for(step.op)?.pointee.run, let base = operands.baseAddress else {
        fatalError("a verified plan has an unknown operator")
      }
      steps.initializeElement(
        at: index,
        to: Step(run: run, parameters: plan.parameters(of: step), operands: UnsafePointer(base + first)))
    }
  }

  private func prepareSteps() {
    for index in 0..<plan.stepCount {
      let step = steps[index]
      eb_operator_for(plan.stepEntry(index).op)?.pointee.prepare?(step.parameters, step.operands)
    }
  }
}
