public import DeviceProfiles
public import Records
internal import Units

/// What measures plans on one board.
public protocol BoardRunner: PlanRunner {
  /// How far its figures may be trusted.
  var evidence: Evidence { get }
  /// The size of the agent's program, which a board has to store besides the plan.
  var agentBytes: Int64? { get }
  /// Makes the board ready: reaches it, and brings the agent up to date where its digest differs.
  func prepare() throws(ExecutionError) -> BoardState
  /// Takes away what was brought there.
  func removeCache() throws(ExecutionError)
}

/// A board that answers.
public struct BoardState: Sendable {
  public var environment: HostEnvironment
  /// The board as a device: its cores and its memory, as its kernel tells.
  public var profile: DeviceProfile
  /// What plans must be lowered for: "neon".
  public var instructionSet: String
  /// "edgebench-agent 0.1.0 (protocol 1, plans 2.305419896, release build, neon)"
  public var agent: String

  /// - Parameter greeting: What the agent says of its version.
  /// - Throws: ``ExecutionError`` where that is no agent of this protocol.
  init(environment: HostEnvironment, profile: DeviceProfile, greeting: String, board: String)
    throws(ExecutionError)
  {
    let words = greeting.split { " (),\n".contains($0) }.map { String($0) }
    guard words.first == "edgebench-agent", let at = words.firstIndex(of: "protocol"), words.count > at + 2,
      let version = Int(words[at + 1]), let isa = words.last
    else {
      throw ExecutionError(
        .agentBroken, "\(board): the agent said '\(printable(greeting, limit: 80))'; expected its version.")
    }
    guard version == AgentEvent.protocolVersion else {
      throw ExecutionError(
        .wrongProtocol,
        "\(board): the agent speaks protocol \(version), this edgebench \(AgentEvent.protocolVersion). \(Self.cure)"
      )
    }
    let plans = words.firstIndex(of: "plans").map { words[min($0 + 1, words.count - 1)] }
    if let mismatch = PlanRevision.mismatch(plans, cure: Self.cure) {
      throw ExecutionError(.wrongProtocol, "\(board): \(mismatch)")
    }
    self.environment = environment
    self.profile = profile
    instructionSet = isa
    agent = words.joined(separator: " ")
  }

  private static let cure = "Make it anew with 'make agent TARGET=...'."
}

extension Board {
  /// - Parameters:
  ///   - agents: The folder that holds a bundle a target.
  public func runner(agents: String) throws(ExecutionError) -> any BoardRunner {
    switch address {
    case .ssh(let address): try SSHBoardRunner(self, address, agents: agents)
    case .qemuUser(let core): EmulatedBoardRunner(self, core: core, agents: agents)
    }
  }
}
