public import Records
internal import Foundation

extension AgentRunner {
  /// What became of one inference.
  public struct Inference: Sendable {
    public var outcome: Outcome
    /// Raw tensors in the model's order; empty unless ``Outcome/completed``.
    public var outputs: [String]
    public var agent: AgentIdentity?
    public var sandbox: SandboxReport
    public var peakMemoryBytes: Int64?
  }

  /// Runs one inference in a fresh process; the outputs are in ``InferenceRequest/outputFolder``.
  ///
  /// - Throws: As ``measure(_:progress:)``; also where an output's file is not as long as the agent said.
  public func infer(_ request: InferenceRequest) throws(ExecutionError) -> Inference {
    try checkAgent()
    // An inference is not timed, so the timer has no part in it.
    let digest = try FileDigest.sha256(of: agentPath)
    try checkPlan(request.plan)
    return try confined(request.limits, plan: request.plan) { confinement throws(ExecutionError) in
      let cores = confinement.report.cores?.count ?? request.threads
      let threads = max(1, min(request.threads, cores))
      var result = Inference(outcome: .completed, outputs: [], agent: nil, sandbox: confinement.report)
      var outputs: [(index: Int, bytes: Int64)] = []
      let process = try start(
        program: agentPath, folder: nil, confinement: confinement, instructionSet: request.instructionSet)
      defer { ended() }
      var session = AgentSession(
        process: process, confinement: confinement, hasMemoryLimit: request.limits.memory != nil,
        request: try AgentRequest(request, threads: threads).line, timeouts: request.timeouts, budget: .zero)
      let ending = try session.run {
      } heard: { event throws(ExecutionError) in
        switch event {
        case .hello(let hello):
          result.agent = AgentIdentity(digest: digest, build: hello.build, isa: hello.isa)
        case .output(let index, let bytes):
          guard index == outputs.count, index < 4096 else {
            throw ExecutionError(
              .agentBroken, "the agent wrote output \(index) after \(outputs.count) others.")
          }
          outputs.append((index, bytes))
        case .memory(let memory): result.peakMemoryBytes = memory.peakBytes
        default: break
        }
      }
      switch ending {
      case .done: result.outputs = try Self.check(outputs, in: AbsolutePath.of(request.outputFolder))
      case .outOfMemory(let peak, let phase):
        result.outcome = Outcome(killedForMemoryAt: request.limits.memory, peakBytes: peak, phase: phase)
      case .timedOut(let after, let phase):
        result.outcome = .timedOut(afterNanoseconds: after.wholeNanoseconds, phase: phase)
      case .failed(let fault): result.outcome = .failed(message: "\(fault.phase.rawValue): \(fault.message)")
      }
      return result
    }
  }

  private static func check(
    _ outputs: [(index: Int, bytes: Int64)], in folder: String
  ) throws(ExecutionError) -> [String] {
    var paths: [String] = []
    for (index, bytes) in outputs {
      let path = "\(folder)/\(index).raw"
      var status = stat()
      guard stat(path, &status) == 0, Int64(status.st_size) == bytes else {
        throw ExecutionError(.file, "\(path): is not the \(bytes) bytes that the agent wrote.")
      }
      paths.append(path)
    }
    return paths
  }
}
