import Units

/// One line on stderr that says what is measured now and what the estimate is so far; nothing where stderr is no terminal.
struct ProgressBar {
  private let total: Int
  private var done = 0
  private var isShown = false

  /// - Parameter total: The number of steps; it may turn out fewer, since a search stops early.
  init(total: Int) { self.total = total }

  /// Shows `label` and, once there is one, the current `estimate`.
  mutating func show(_ label: String, estimate: String? = nil) {
    guard Terminal.errorIsTerminal else { return }
    let barWidth = 24
    let filled = total == 0 ? 0 : min(barWidth, done * barWidth / total)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: barWidth - filled)
    var line = "\(bar) \(done)/\(total)  \(printable(label, limit: 200))"
    if let estimate { line += "  \(estimate)" }
    Terminal.writeError("\r\u{1B}[K" + line.prefix(max(20, Terminal.width - 1)))
    isShown = true
  }

  mutating func advance(by steps: Int = 1) { done = min(total, done + steps) }

  /// Takes the line away, so that other text can be written.
  mutating func clear() {
    guard isShown else { return }
    Terminal.writeError("\r\u{1B}[K")
    isShown = false
  }
}
