import ArgumentParser
import Execution
import Units

/// What a device has to do besides, and for how long: what a measurement is taken under.
struct MachineLoad: Equatable {
  /// Without pause before the samples.
  var sustained = Duration.zero
  /// A shell command.
  var beside: String?

  static let none = MachineLoad()

  /// The folder that keeps its records apart from those of a device at rest.
  ///
  /// - Parameter resting: Of the device at rest, OUTPUT/NAME.
  func folder(in resting: String) -> String {
    let words = [beside.map { _ in "beside" }, sustained > .zero ? "sustained" : nil].compactMap { $0 }
    return words.isEmpty ? resting : "\(resting)/\(words.joined(separator: "-"))"
  }

  /// For records: a run under another load is another run.
  var identity: String? {
    let parts = [
      sustained > .zero ? "sustained \(sustained / .seconds(1)) s" : nil, beside.map { "beside \($0)" },
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  func apply(to request: inout MeasurementRequest) {
    request.sustained = sustained
    request.beside = beside
  }
}

/// `--sustained` and `--beside`.
struct LoadOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Run without pause for this long first, such as 10m: latency, temperature and clock over time.",
      discussion: "The samples then follow at once, of the device as it is by then.", valueName: "TIME"))
  var sustained: String?

  @Option(
    help: ArgumentHelp(
      "A command that runs beside the measurement, as the device's other work does.",
      discussion: """
        'stress-ng:cpu', 'stress-ng:memory' and 'stress-ng:disk' stand for loads of that program, which must be installed \
        there. Each configuration is measured alone as well, and the head-room is said.
        """, valueName: "COMMAND"))
  var beside: String?

  func load() throws(CommandFailure) -> MachineLoad {
    var load = MachineLoad()
    if let sustained {
      let duration = try failing(as: .badInput) { try Duration(parsing: sustained) }
      guard duration >= .seconds(2), duration <= .seconds(86_400) else {
        throw .badInput("--sustained is '\(sustained)'; expected 2 seconds to 24 hours, such as '10m'.")
      }
      load.sustained = duration
    }
    if let beside {
      guard !beside.isEmpty, beside.utf8.count <= 4096, !beside.utf8.contains(0), beside != "-" else {
        throw .badInput("--beside is '\(beside.prefix(80))'; expected a shell command of at most 4096 bytes.")
      }
      load.beside = try Self.command(beside)
    }
    return load
  }

  /// - Source: stress-ng(1).
  private static func command(_ text: String) throws(CommandFailure) -> String {
    guard text.hasPrefix("stress-ng:") else { return text }
    let loads = [
      "cpu": "exec stress-ng --quiet --cpu 1", "memory": "exec stress-ng --quiet --vm 1 --vm-bytes 128M",
      "disk": "cd /tmp && exec stress-ng --quiet --hdd 1 --hdd-bytes 64M",
    ]
    guard let command = loads[String(text.dropFirst(10))] else {
      throw .badInput(
        "--beside is '\(text)'; expected a command, or 'stress-ng:' and one of \(loads.keys.sorted().joined(separator: ", "))."
      )
    }
    return command
  }
}
