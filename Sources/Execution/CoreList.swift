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

  static func text(_ cores: [Int]) -> String { cores.map(String.init).joined(separator: ",") }

  /// `count` of the cores that there are: the last ones, since the first ones serve most interrupts.
  static func choose(_ count: Int?, of available: [Int]) -> [Int] {
    guard let count else { return available }
    return Array(available.suffix(max(1, count)))
  }
}
