import DeviceProfiles
import Execution
import Units

/// What an inventory may say of a host; each stands before the option of the same meaning.
struct FleetVariables {
  private let values: [String: String]

  static let names = [
    "threads", "profile", "latency", "throughput", "memory", "disk", "load", "first_inference",
    "max_accuracy_drop", "sampler_time", "sampler_keep", "sampler_seconds",
  ].map { "edgebench_" + $0 }

  /// - Parameter defaults: What holds where the inventory says nothing, named as there.
  /// - Throws: ``CommandFailure`` for a variable that there is not: a slip would be a limit that nobody holds.
  init(of host: FleetHost, orElse defaults: [String: String] = [:]) throws(CommandFailure) {
    for name in host.variables.keys.sorted() where !Self.names.contains(name) {
      let hint = closestName(to: name, among: Self.names).map { "Did you mean '\($0)'?" }
      throw .badInput("Unknown variable '\(printable(name, limit: 60))'. \(hint ?? "See docs/fleet.md.")")
    }
    values = defaults.merging(host.variables) { $1 }
  }

  subscript(name: String) -> String? { values["edgebench_" + name] }

  /// A whole number that has a default.
  func integer(_ name: String, in range: ClosedRange<Int>) throws(CommandFailure) -> Int {
    let text = self[name] ?? ""
    guard let number = Int(text), range.contains(number) else {
      throw .badInput(
        "edgebench_\(name) is '\(printable(text, limit: 40))'; expected \(range.lowerBound) to \(range.upperBound)."
      )
    }
    return number
  }

  /// "03:00", for systemd's calendar.
  func time(_ name: String) throws(CommandFailure) -> String {
    let text = self[name] ?? ""
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = UInt(parts[0]), hour < 24,
      let minute = UInt(parts[1]), minute < 60
    else {
      throw .badInput(
        "edgebench_\(name) is '\(printable(text, limit: 40))'; expected a time such as '03:00'.")
    }
    return text
  }

  func applied(to options: RequirementOptions) -> RequirementOptions {
    var options = options
    options.latency = self["latency"] ?? options.latency
    options.throughput = self["throughput"] ?? options.throughput
    options.memory = self["memory"] ?? options.memory
    options.disk = self["disk"] ?? options.disk
    options.load = self["load"] ?? options.load
    options.firstInference = self["first_inference"] ?? options.firstInference
    options.maxAccuracyDrop = self["max_accuracy_drop"] ?? options.maxAccuracyDrop
    return options
  }
}
