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
  private struct State {
    var items: [Item] = []
    var isOver = false
  }
  private let state = Mutex(State())

  /// What is added after ``everything()`` is taken away at once.
  func add(_ key: String, _ action: @escaping @Sendable () -> Void) {
    let isOver = state.withLock { state in
      if !state.isOver { state.items.append(Item(key: key, action: action)) }
      return state.isOver
    }
    if isOver { action() }
  }

  /// Takes away what was added under `key`, unless that has been done.
  func run(_ key: String) {
    let item = state.withLock { state in
      state.items.firstIndex { $0.key == key }.map { state.items.remove(at: $0) }
    }
    item?.action()
  }

  /// Takes everything away, the newest first. Safe on any thread, not in a signal handler: call it before `exit` in
  /// answer to SIGINT or SIGTERM.
  public func everything() {
    state.withLock { $0.isOver = true }
    while let item = state.withLock({ $0.items.popLast() }) { item.action() }
  }
}
