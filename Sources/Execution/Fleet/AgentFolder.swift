internal import Foundation

/// The agents that `make cross` made: a folder a target.
public enum AgentFolder {
  /// What tells their builds apart, one digest a target that there is an agent for.
  public static func digests(in folder: String) -> [String] {
    AgentBundle.targets.compactMap { try? AgentBundle(target: $0, in: folder, board: "a board").digest }
  }

  /// Copies the agent and its timer for a board that was reached.
  public static func copyAgent(for state: BoardState, from folder: String, to destination: String)
    throws(ExecutionError)
  {
    let machine = state.environment.architecture
    let name = state.environment.board?.name ?? "the board"
    guard let target = AgentBundle.target(machine: machine, bits: state.environment.board?.bits) else {
      throw ExecutionError(.board, "\(name): is a '\(machine)' machine; there is no agent for it.")
    }
    let bundle = try AgentBundle(target: target, in: folder, board: name)
    for file in [bundle.agent, bundle.timer] {
      let place = "\(destination)/\((file as NSString).lastPathComponent)"
      do {
        try FileManager.default.copyItem(atPath: file, toPath: place)
      } catch {
        throw ExecutionError(.file, "\(place): cannot be written.")
      }
    }
  }
}
