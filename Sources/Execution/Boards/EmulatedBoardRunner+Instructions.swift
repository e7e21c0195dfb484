internal import Foundation
internal import Records

extension EmulatedBoardRunner {
  /// The plugin's file, beside this program.
  static let counterLibrary = "libedgebench-instructions.so"

  /// Instructions of one inference on one thread; `nil` where there is no plugin, or two inferences in a row differ: then they
  /// depend on more than the model.
  func instructions(_ request: MeasurementRequest) throws(ExecutionError) -> Int64? {
    guard request.threads == 1, let plugin = Self.plugin else { return nil }
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let counts = "\(folder.path)/counts"
    let bundle = try bundle()
    let process = try AgentProcess(
      program: emulator, arguments: ["-plugin", "\(plugin),out=\(counts)"] + arguments(bundle), folder: nil,
      confinement: ConfinementEntry(), environment: [:])
    try hold(process)
    var session = AgentSession(
      process: process, confinement: Unconfined(.none), hasMemoryLimit: false,
      request: try AgentRequest(counting: request).line, timeouts: request.timeouts, budget: request.budget)
    let ending = try session.run(beforeRequest: {}, heard: { _ in })
    try hold(nil)
    guard case .done = ending else { return nil }
    return Self.count(in: TextFile.read(counts) ?? "")
  }

  /// Lines of numbers, of which there must be two that agree.
  static func count(in text: String) -> Int64? {
    let numbers = text.split(separator: "\n").map { Int64($0) }
    guard numbers.count == 2, numbers[0] == numbers[1], let count = numbers[0], count > 0 else { return nil }
    return count
  }

  /// Beside the program; a name with a comma would end the option that it is given in.
  private static var plugin: String? {
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let path = (program as NSString).deletingLastPathComponent + "/" + counterLibrary
    return access(path, R_OK) == 0 && !path.contains(",") ? path : nil
  }
}
