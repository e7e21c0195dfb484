public import DeviceProfiles

/// Everything that a configuration must meet to be used.
public struct Requirements: Sendable, Hashable {
  /// At most one a metric, in the order in which tables show them.
  public var list: [Requirement]

  public init(_ list: [Requirement] = []) { self.list = list }

  public var isEmpty: Bool { list.isEmpty }
  public func limit(of metric: Metric) -> Double? { list.first { $0.metric == metric }?.limit }

  /// Reads the requirements as the command line gives them; `nil` for an option that was not given.
  ///
  /// - Parameters:
  ///   - latency: "p99<=50ms", "p99=50ms" (which no shell takes for a redirection), "50ms" for p90; several with commas.
  ///   - throughput: ">=30/s", "30/s".
  ///   - memory: "64 MiB"; `disk` alike.
  ///   - load: "500ms"; `firstInference` alike.
  ///   - maxAccuracyDrop: "1%".
  /// - Throws: ``RequirementError`` naming the option.
  public static func parse(
    latency: String? = nil, throughput: String? = nil, memory: String? = nil, disk: String? = nil,
    load: String? = nil, firstInference: String? = nil, maxAccuracyDrop: String? = nil
  ) throws(RequirementError) -> Requirements {
    let texts = RequirementTexts(
      latency: latency, throughput: throughput, memory: memory, disk: disk, load: load,
      firstInference: firstInference, maxAccuracyDrop: maxAccuracyDrop)
    return try texts.requirements { "--" + String($0.map { $0 == "_" ? "-" : $0 }) }
  }

  /// The requirements that a profile suggests.
  ///
  /// - Throws: ``RequirementError`` for a latency in the profile that is none.
  public init(defaultsOf profile: DeviceProfile) throws(RequirementError) {
    let defaults = profile.defaultRequirements
    self = try RequirementTexts(latency: defaults.latency).requirements {
      "profile \(profile.id): requirements.\($0)"
    }
    if let memory = defaults.memory { list.append(Requirement(.peakMemory, limit: Double(memory.bytes))) }
    if let disk = defaults.disk { list.append(Requirement(.disk, limit: Double(disk.bytes))) }
    if let drop = defaults.maxAccuracyDrop { list.append(Requirement(.accuracyDrop, limit: drop.fraction)) }
  }

  /// These, or the profile's where there are none.
  public func orDefaults(of profile: DeviceProfile) throws(RequirementError) -> Requirements {
    isEmpty ? try Requirements(defaultsOf: profile) : self
  }
}
