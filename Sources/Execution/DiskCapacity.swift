internal import CLinux
internal import Foundation
internal import Records
internal import Units

/// The agent and a plan, installed on storage of a given size.
///
/// Where this user may mount, that is a file system of that size in memory, and the agent runs from it. The plan in it
/// proves that it fits; what is measured maps the plan from its own file, whose pages a load can find cold and which
/// are charged to the agent (those of a file system in memory are charged to whoever copied it there).
struct DiskCapacity {
  enum Result {
    /// - Parameter folder: Where the agent is to run; `nil` where nothing was mounted.
    case fits(folder: TemporaryFolder?, mechanism: String)
    case tooLarge(neededBytes: Int64)
  }

  /// Where the agent is in the folder.
  static func program(in folder: TemporaryFolder) -> String { "\(folder.path)/disk/edgebench-agent" }
  static func root(of folder: TemporaryFolder) -> String { "\(folder.path)/disk" }

  static func install(agent: String, plan: String, limit: ByteCount) throws(ExecutionError) -> Result {
    var needed: Int64 = 0
    for path in [agent, plan] { needed += try blocks(of: path) }
    guard needed <= limit.bytes else { return .tooLarge(neededBytes: needed) }
    guard let folder = try mount(limit) else { return .fits(folder: nil, mechanism: "accounted") }
    for (source, name) in [(agent, "edgebench-agent"), (plan, "model.ebplan")] {
      let error = eb_file_copy(source, "\(root(of: folder))/\(name)", 0o755)
      guard error == 0 else {
        folder.remove()
        if error == ENOSPC { return .tooLarge(neededBytes: needed) }
        throw ExecutionError(
          .sandbox, "\(source): cannot be copied to the agent's disk (\(systemMessage(error))).")
      }
    }
    return .fits(folder: folder, mechanism: "tmpfs")
  }

  /// `nil` where this user may not mount.
  private static func mount(_ limit: ByteCount) throws(ExecutionError) -> TemporaryFolder? {
    guard geteuid() == 0 else { return nil }
    let folder = try TemporaryFolder()
    guard mkdir(root(of: folder), 0o700) == 0,
      eb_mount_memory(root(of: folder), UInt64(clamping: limit.bytes)) == 0
    else {
      folder.remove()
      return nil
    }
    return folder
  }

  /// What a file occupies in blocks of 4 KiB.
  private static func blocks(of path: String) throws(ExecutionError) -> Int64 {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw ExecutionError(.file, "\(path): cannot be read (\(systemMessage(errno))).")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ExecutionError(.file, "\(path): is not a regular file.")
    }
    let (rounded, overflow) = Int64(status.st_size).addingReportingOverflow(4095)
    return overflow ? .max / 4 : rounded / 4096 * 4096
  }
}
