internal import Foundation

/// The agent and its timer for one kind of board, as `make agent TARGET=...` leaves them.
struct AgentBundle: Sendable {
  /// "aarch64-linux-gnu"
  var target: String
  var agent: String
  var timer: String
  /// What tells builds apart: SHA-256 of the agent's file followed by the timer's, as in records.
  var digest: String

  /// Which target serves a machine.
  ///
  /// - Parameters:
  ///   - machine: As `uname -m` says.
  ///   - bits: Of its programs; `nil` where it does not tell.
  static func target(machine: String, bits: Int?) -> String? {
    switch (machine, bits) {
    case ("aarch64", 32), ("armv7l", _), ("armv8l", _): "arm-linux-gnueabihf"
    case ("aarch64", _): "aarch64-linux-gnu"
    case ("x86_64", 64), ("x86_64", nil): "x86_64-linux-gnu"
    default: nil
    }
  }

  static let targets = ["aarch64-linux-gnu", "arm-linux-gnueabihf", "x86_64-linux-gnu"]

  /// - Parameter folder: Holds a folder a target.
  /// - Throws: ``ExecutionError`` where there is no bundle, or one for another machine.
  init(target: String, in folder: String, board: String) throws(ExecutionError) {
    self.target = target
    agent = "\(folder)/\(target)/edgebench-agent"
    timer = "\(folder)/\(target)/libedgebench-timer.so"
    for file in [agent, timer] {
      guard access(file, R_OK) == 0 else {
        throw ExecutionError(
          .agentMissing,
          "\(file): not there (\(systemMessage(errno))); \(board) needs it. Make it with 'make agent TARGET=\(target)'."
        )
      }
      guard Self.machine(ofFile: file) == Self.machine(ofTarget: target) else {
        throw ExecutionError(
          .agentMissing,
          "\(file): is not a program for \(target), which \(board) is. Make it with 'make agent TARGET=\(target)'."
        )
      }
    }
    digest = try FileDigest.sha256(of: agent, timer)
  }

  private struct ELFMachine: Equatable {
    /// 1 for 32-bit, 2 for 64-bit programs.
    var fileClass: UInt8
    var machine: UInt16
  }

  /// - Source: System V ABI, e_machine: EM_ARM 40, EM_X86_64 62, EM_AARCH64 183.
  private static func machine(ofTarget target: String) -> ELFMachine {
    switch target {
    case "aarch64-linux-gnu": ELFMachine(fileClass: 2, machine: 183)
    case "arm-linux-gnueabihf": ELFMachine(fileClass: 1, machine: 40)
    default: ELFMachine(fileClass: 2, machine: 62)
    }
  }

  /// - Source: System V ABI, ELF header: e_ident[EI_CLASS] at 4, e_machine at 18.
  private static func machine(ofFile path: String) -> ELFMachine? {
    guard let file = FileHandle(forReadingAtPath: path), let header = try? file.read(upToCount: 20),
      header.count == 20, header.starts(with: [0x7F, 0x45, 0x4C, 0x46])
    else { return nil }
    return ELFMachine(fileClass: header[4], machine: UInt16(header[18]) | UInt16(header[19]) << 8)
  }
}
