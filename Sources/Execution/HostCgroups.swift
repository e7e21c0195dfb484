internal import Foundation

/// The cgroup trees of a host, and where in them this process may make cgroups of its own.
public struct HostCgroups: Sendable {
  /// Where the trees are mounted.
  let root: String
  /// This process's place in each, as in /proc/self/cgroup.
  private let membership: [String: String]

  /// - Parameters:
  ///   - root: A folder with the layout of /sys/fs/cgroup: version 2, version 1, or both.
  ///   - membership: The content of /proc/self/cgroup; this process's own where `nil`.
  public init(root: String = "/sys/fs/cgroup", membership: String? = nil) {
    self.root = root
    self.membership = Self.parse(membership ?? TextFile.read("/proc/self/cgroup") ?? "")
  }

  /// Lines "ID:CONTROLLER,CONTROLLER:PATH"; version 2's has no controllers and is filed under "".
  private static func parse(_ text: String) -> [String: String] {
    var paths: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, !parts[2].split(separator: "/").contains("..") else { continue }
      for controller in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
        paths[String(controller)] = String(parts[2])
      }
    }
    return paths
  }

  /// Version 2's tree: the root itself, or beside version 1's.
  var unified: String? {
    ["\(root)", "\(root)/unified"].first { access("\($0)/cgroup.controllers", F_OK) == 0 }
  }

  /// Version 1's tree of `controller`, told from an empty folder by a file that only it has.
  func legacy(_ controller: String, marker: String) -> String? {
    let path = "\(root)/\(controller)"
    return access("\(path)/\(marker)", F_OK) == 0 ? path : nil
  }

  /// The cgroups in `tree` that this process could be moved out of its own into, the topmost first: those between the
  /// tree's root and its own place that this user may write to. For root that is the tree's root; for a user, the part
  /// that systemd has delegated, if any.
  ///
  /// - Parameter controller: Version 1's controller; "" for version 2.
  func writableAncestors(in tree: String, controller: String) -> [CgroupFolder] {
    var folders = [CgroupFolder(path: tree)]
    for part in (membership[controller] ?? "").split(separator: "/") {
      folders.append(CgroupFolder(path: "\(folders[folders.count - 1].path)/\(part)"))
    }
    return folders.filter { access($0.path, W_OK) == 0 && access($0.file("cgroup.procs"), W_OK) == 0 }
  }
}
