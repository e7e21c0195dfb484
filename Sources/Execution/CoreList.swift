internal import CLinux

/// Logical cores, as the kernel writes them: "0-3,6".
enum CoreList {
  /// The cores that this process may run on, in ascending order.
  static var available: [Int] {
    var cores = [UInt32](repeating: 0, count: 1024)
    var count = 0
    guard eb_process_cores(&cores, cores.count, &count) == 0 else { return [0] }
    return cores[..<count].map(Int.init)
  }

  /// Reads such a list; `nil` where it is none, or names a core beyond 4095.
  static func parse(_ text: String) -> [Int]? {
    var cores: [Int] = []
    for range in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      let ends = range.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends[0], ends.count <= 2, let last = ends[ends.count - 1], 0...4095 ~= first,
        first...4095 ~= last
      else { return nil }
      cores += first...last
    }
    return cores.isEmpty || cores.count > 4096 ? nil : cores
  }

  static func text(_ cores: [Int]) -> String { cores.map(String.init).joined(separator: ",") }

  /// `count` of the cores that there are: the last ones, since the first ones serve most interrupts.
  static func choose(_ count: Int?, of available: [Int]) -> [Int] {
    guard let count else { return available }
    return Array(available.suffix(max(1, count)))
  }
}
