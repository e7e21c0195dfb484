/// Requirements as they are written, on the command line or in a file: `{"latency": "p99<=50ms", "memory": "64 MiB"}`.
public struct RequirementTexts: Sendable, Hashable {
  public var latency: String?
  public var throughput: String?
  public var memory: String?
  public var disk: String?
  public var load: String?
  public var firstInference: String?
  public var maxAccuracyDrop: String?

  public init(
    latency: String? = nil, throughput: String? = nil, memory: String? = nil, disk: String? = nil,
    load: String? = nil, firstInference: String? = nil, maxAccuracyDrop: String? = nil
  ) {
    self.latency = latency
    self.throughput = throughput
    self.memory = memory
    self.disk = disk
    self.load = load
    self.firstInference = firstInference
    self.maxAccuracyDrop = maxAccuracyDrop
  }

  /// Reads every text.
  ///
  /// - Parameter place: Where a key stands, for messages: "max_accuracy_drop" to "--max-accuracy-drop".
  /// - Throws: ``RequirementError`` for the first text that is not what its key asks for.
  public func requirements(place: (String) -> String = { $0 }) throws(RequirementError) -> Requirements {
    var list: [Requirement] = []
    if let latency { list += try Self.latencies(latency, place("latency")) }
    if let throughput { list.append(try Self.throughput(throughput, place("throughput"))) }
    if let memory { list.append(try Self.size(memory, .peakMemory, place("memory"))) }
    if let disk { list.append(try Self.size(disk, .disk, place("disk"))) }
    if let load { list.append(try Self.time(load, .load, place("load"))) }
    if let firstInference {
      list.append(try Self.time(firstInference, .firstInference, place("first_inference")))
    }
    if let maxAccuracyDrop {
      list.append(try Self.accuracyDrop(maxAccuracyDrop, place("max_accuracy_drop")))
    }
    return Requirements(list)
  }
}
