internal import CLinux
internal import Foundation

/// A folder for this process's intermediate files (plans, inputs, mounts), which is swept if the process is killed.
public final class TemporaryFolder: Sendable {
  public let path: String

  /// - Parameter parent: Where to make it; the user's temporary folder where `nil`.
  public init(in parent: String? = nil) throws(ExecutionError) {
    let parent = parent ?? Self.standardParent
    path = "\(parent)/\(OwnedName.next().text)"
    guard mkdir(path, 0o700) == 0 else {
      throw ExecutionError(
        .sandbox,
        "\(parent): no folder can be made in it (\(systemMessage(errno))). Set TMPDIR to one that allows it.")
    }
    Cleanup.shared.add(path) { [path] in Self.remove(path) }
  }

  deinit { remove() }

  /// May be called again, and from any thread.
  public func remove() { Cleanup.shared.run(path) }

  static var standardParent: String {
    var parent = FileManager.default.temporaryDirectory.path
    while parent.count > 1, parent.hasSuffix("/") { parent.removeLast() }
    return parent
  }

  /// Unmounts what may be mounted on it or on the folders in it, then removes it with its content.
  static func remove(_ path: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
      _ = eb_unmount("\(path)/\(name)")
    }
    while eb_unmount(path) == 0 {}
    try? FileManager.default.removeItem(atPath: path)
  }
}
