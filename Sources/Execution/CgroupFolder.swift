internal import Foundation

/// One cgroup: a folder of control files.
struct CgroupFolder: Sendable, Equatable {
  var path: String

  func file(_ name: String) -> String { "\(path)/\(name)" }
  func has(_ name: String) -> Bool { access(file(name), F_OK) == 0 }
  /// Returns 0, or why not.
  func write(_ value: String, to name: String) -> Int32 { TextFile.write(value, to: file(name)) }
  func number(_ name: String) -> Int64? { TextFile.number(file(name)) }
  func number(_ name: String, key: String) -> Int64? { TextFile.number(file(name), key: key) }
  func words(_ name: String) -> [Substring] {
    (TextFile.read(file(name)) ?? "").split(whereSeparator: \.isWhitespace)
  }

  /// Makes a cgroup inside this one. Returns `nil` and leaves the reason in `errno` where that is not allowed.
  func makeChild(_ name: String) -> CgroupFolder? {
    let child = CgroupFolder(path: "\(path)/\(name)")
    return mkdir(child.path, 0o755) == 0 ? child : nil
  }

  /// Kills every process in it and removes it, waiting up to two seconds for the last one to be gone.
  func remove() {
    for _ in 0..<2000 {
      if rmdir(path) == 0 || errno == ENOENT { return }
      if errno == ENOTEMPTY { removeFiles() }
      kill()
      usleep(1000)
    }
  }

  private func kill() {
    if has("cgroup.kill"), write("1", to: "cgroup.kill") == 0 { return }
    for word in words("cgroup.procs") {
      // 0 stands for a process that cannot be named from here; 1 is never ours.
      if let processID = Int32(word), processID > 1 { Foundation.kill(processID, SIGKILL) }
    }
  }

  /// The kernel's control files go with their folder; those in a test's folder are ordinary ones.
  private func removeFiles() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] { unlink(file(name)) }
  }
}
