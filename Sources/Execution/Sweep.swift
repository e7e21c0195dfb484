internal import Foundation

/// What runs of edgebench that were killed have left behind.
public enum Sweep {
  /// Removes cgroups, mounts and folders whose owner no longer runs. Their agents died with it.
  ///
  /// - Returns: The paths that were removed.
  @discardableResult
  public static func run(host: HostCgroups = HostCgroups(), temporary: String? = nil) -> [String] {
    var removed: [String] = []
    for folder in cgroupParents(of: host) {
      for name in orphans(in: folder.path) {
        let orphan = CgroupFolder(path: "\(folder.path)/\(name)")
        orphan.remove()
        removed.append(orphan.path)
      }
    }
    let parent = temporary ?? TemporaryFolder.standardParent
    for name in orphans(in: parent) {
      TemporaryFolder.remove("\(parent)/\(name)")
      removed.append("\(parent)/\(name)")
    }
    return removed.filter { access($0, F_OK) != 0 }
  }

  private static func cgroupParents(of host: HostCgroups) -> [CgroupFolder] {
    var trees: [(path: String, controller: String)] = []
    if let unified = host.unified { trees.append((unified, "")) }
    for (controller, marker) in CgroupV1Sandbox.controllers {
      if let tree = host.legacy(controller, marker: marker) { trees.append((tree, controller)) }
    }
    return trees.flatMap { host.writableAncestors(in: $0.path, controller: $0.controller) }
  }

  /// Folders of this user, named by a process that is no more. A symbolic link is not a folder.
  private static func orphans(in parent: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    return names.filter { name in
      guard let owned = OwnedName(parsing: name), !owned.isOwnerAlive else { return false }
      var status = stat()
      return lstat("\(parent)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        && status.st_uid == geteuid()
    }
  }
}
