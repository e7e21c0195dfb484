internal import Foundation
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
    /// Actions that run now.
    var running = 0
    var isOver = false
  }
  private let state = Mutex(State())

  /// What is added after ``everything()`` is taken away at once.
  func add(_ key: String, _ action: @escaping @Sendable () -> Void) {
    let isOver = state.withLock { state in
      if state.isOver { state.running += 1 } else { state.items.append(Item(key: key, action: action)) }
      return state.isOver
    }
    if isOver { finish(action) }
  }

  /// Takes away what was added under `key`, unless that has been done.
  func run(_ key: String) {
    let item = state.withLock { state -> Item? in
      guard let index = state.items.firstIndex(where: { $0.key == key }) else { return nil }
      state.running += 1
      return state.items.remove(at: index)
    }
    if let item { finish(item.action) }
  }

  /// Takes everything away, the newest first, and waits for what another thread is taking away. Safe on any thread, not
  /// in a signal handler: call it before `exit` in answer to SIGINT or SIGTERM.
  public func everything() {
    state.withLock { $0.isOver = true }
    while let item = state.withLock({ $0.items.popLast() }) { item.action() }
    let deadline = ContinuousClock.now + Self.patience
    while state.withLock({ $0.running > 0 }), ContinuousClock.now < deadline { usleep(1000) }
  }

  /// Far more than it takes to unmount and remove a folder.
  private static let patience = Duration.seconds(10)

  /// Runs an action that is counted as running.
  private func finish(_ action: () -> Void) {
    action()
    state.withLock { $0.running -= 1 }
  }
}
