internal import Foundation

/// A name that says which process it belongs to: `edgebench-PID-START-NUMBER`.
///
/// START is the process's start time in clock ticks since boot, so that a later process with the same number is not
/// taken for the owner.
struct OwnedName: Sendable, Equatable {
  static let prefix = "edgebench-"

  var processID: Int32
  var startTime: UInt64
  var number: UInt32

  var text: String { "\(Self.prefix)\(processID)-\(startTime)-\(number)" }

  /// A name of this process that nothing else has.
  static func next() -> OwnedName {
    let processID = getpid()
    return OwnedName(
      processID: processID, startTime: startTime(of: processID) ?? 0, number: .random(in: 0 ... .max))
  }

  init(processID: Int32, startTime: UInt64, number: UInt32) {
    self.processID = processID
    self.startTime = startTime
    self.number = number
  }

  /// `nil` where `text` is not such a name.
  init?(parsing text: String) {
    guard text.hasPrefix(Self.prefix) else { return nil }
    let parts = text.dropFirst(Self.prefix.count).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, let processID = Int32(parts[0]), processID > 0, let startTime = UInt64(parts[1]),
      let number = UInt32(parts[2])
    else { return nil }
    self.init(processID: processID, startTime: startTime, number: number)
    guard self.text == text else { return nil }
  }

  /// Whether the process that made the name still runs.
  var isOwnerAlive: Bool { Self.startTime(of: processID) == startTime }

  /// Field 22 of /proc/PID/stat; `nil` where there is no such process, or it has ended and only waits to be reaped.
  ///
  /// The fields are counted from the last parenthesis, since a program's name may hold any.
  static func startTime(of processID: Int32) -> UInt64? {
    guard let text = TextFile.read("/proc/\(processID)/stat"), let end = text.lastIndex(of: ")") else {
      return nil
    }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return UInt64(fields[19])
  }
}
