internal import Synchronization

/// What is to be taken away however a run ends: folders, mounts, cgroups, the agent itself.
///
/// Each thing is taken away once, by whoever comes first: the run that made it, or ``everything()`` on the way out.
public final class Cleanup: Sendable {
  public static let shared = Cleanup()

  private struct Item {
    var key: String
    var action: @Sendable () -> Void
  }
  private let items = Mutex<[Item]>([])

  func add(_ key: String, _ action: @escaping @Sendable () -> Void) {
    items.withLock { $0.append(Item(key: key, action: action)) }
  }

  /// Takes away what was added under `key`, unless that has been done.
  func run(_ key: String) {
    let item = items.withLock { items in
      items.firstIndex { $0.key == key }.map { items.remove(at: $0) }
    }
    item?.action()
  }

  /// Takes everything away, the newest first. Safe on any thread, not in a signal handler: call it before `exit` in
  /// answer to SIGINT or SIGTERM.
  public func everything() {
    while let item = items.withLock({ $0.popLast() }) { item.action() }
  }
}
