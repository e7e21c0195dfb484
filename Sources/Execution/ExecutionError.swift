/// Why a run could not be carried out: not a result of the model, but a fault around it. One line.
public struct ExecutionError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// The agent's program is not there or cannot be started.
    case agentMissing
    /// The agent speaks another version of the protocol.
    case wrongProtocol
    /// The agent said something that is not the protocol, or ended in the middle of it.
    case agentBroken
    /// The agent on a board ended before it was done, as the board itself says.
    case agentEnded
    /// A limit, folder, mount or cgroup could not be made.
    case sandbox
    /// The file to run, or one of its inputs or outputs, cannot be read or written.
    case file
    /// Not enough memory to start the agent.
    case noMemory
    /// A board cannot be reached, refuses, or cannot hold or run what is sent to it.
    case board
    /// Nothing answers at a board's address.
    case unreachable
    /// The connection to a board broke; what runs there runs on.
    case connectionLost
    /// The command that was to run beside a measurement did not.
    case companion
    /// `cancel()` was called.
    case cancelled
  }

  public var kind: Kind
  public var description: String

  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
