internal import Foundation
internal import Records

/// What the agent says: one JSON object a line.
enum AgentEvent: Equatable {
  case hello(Hello)
  case loading
  case loaded(Loaded)
  case first(nanoseconds: Int64)
  case samples([Int64])
  case steps([StepTime])
  case window(SustainedLoad.Window)
  case memory(Memory)
  case output(index: Int, bytes: Int64)
  case done(Done)
  case error(Fault)
  /// Not the agent's: said by what started it on a board, once it has ended.
  case exit(Exit)
  /// Not the agent's either: how it was confined there, and that what was to run beside it ended before it began.
  case confined(mechanism: String)
  case companionEnded(status: Int)

  static let protocolVersion = 1

  struct Hello: Equatable {
    var version: String
    var build: String
    var isa: String
  }

  struct Loaded: Equatable {
    var nanoseconds: Int64
    var arenaBytes: Int64
    var stateBytes: Int64
    var planBytes: Int64
    var outputs: Int
    var memory: Memory
  }

  struct Memory: Equatable {
    var peakBytes: Int64?
    var residentBytes: Int64?
  }

  struct Exit: Equatable {
    var status: Int
    var message: String
    /// Of its cgroup; `nil` where it had none.
    var peakBytes: Int64?
    /// Processes that the kernel killed there for lack of memory.
    var kills: Int
  }

  struct Done: Equatable {
    var timerOverheadNanoseconds: Int64?
    var majorFaults: Int64?
    var clock: MeasuredClock?
    var contention: Contention?
  }

  struct Fault: Equatable {
    var phase: Outcome.Phase
    var kind: String
    var message: String
  }
}

extension AgentEvent {
  /// Reads one line, which may be anything.
  ///
  /// - Throws: ``ExecutionError`` that shows the line's beginning where it is not an event.
  init(parsing line: [UInt8]) throws(ExecutionError) {
    let members: Members
    do {
      members = try JSONDecoder().decode(Members.self, from: Data(line))
    } catch {
      throw Self.garbage(line)
    }
    guard let event = Self(members) else {
      if members.event == "hello", let version = members.protocolVersion, version != Self.protocolVersion {
        throw ExecutionError(
          .wrongProtocol,
          "the agent speaks protocol \(version), this edgebench \(Self.protocolVersion). Build both from one source."
        )
      }
      throw Self.garbage(line)
    }
    if case .hello = event,
      let mismatch = PlanRevision.mismatch(members.plans, cure: "Build both from one source.")
    {
      throw ExecutionError(.wrongProtocol, mismatch)
    }
    self = event
  }

  static func garbage(_ line: [UInt8]) -> ExecutionError {
    let shown = line.prefix(60).map { 0x20..<0x7F ~= $0 ? Character(Unicode.Scalar($0)) : "." }
    return ExecutionError(
      .agentBroken,
      "the agent said '\(String(shown))'; expected an event of protocol \(protocolVersion). Is it edgebench-agent?"
    )
  }

  /// Every member of any event.
  private struct Members: Decodable {
    var event: String
    var protocolVersion: Int?
    var version: String?
    var build: String?
    var isa: String?
    var plans: String?
    var load: Int64?
    var arenaBytes: Int64?
    var stateBytes: Int64?
    var planBytes: Int64?
    var outputs: Int?
    var peakBytes: Int64?
    var residentBytes: Int64?
    var first: Int64?
    var samples: [Int64]?
    var steps: Steps?
    var index: Int?
    var bytes: Int64?
    var timerOverhead: Int64?
    var majorFaults: Int64?
    var clockBefore: Int64?
    var clockLowest: Int64?
    var clockHighest: Int64?
    var sampling: Int64?
    var waited: Int64?
    var start: Int64?
    var end: Int64?
    var count: Int?
    var median: Int64?
    var p90: Int64?
    var maximum: Int64?
    var clock: Int64?
    var temperature: Int64?
    var phase: String?
    var kind: String?
    var message: String?
    var status: Int?
    var kills: Int?
    var mechanism: String?

    enum CodingKeys: String, CodingKey {
      case event, version, build, isa, plans, outputs, steps, index, bytes, kind, message, status, count
      case kills, mechanism
      case protocolVersion = "protocol"
      case load = "load_ns"
      case arenaBytes = "arena_bytes"
      case stateBytes = "state_bytes"
      case planBytes = "plan_bytes"
      case peakBytes = "peak_memory_bytes"
      case residentBytes = "resident_bytes"
      case first = "first_inference_ns"
      case samples = "ns"
      case timerOverhead = "timer_overhead_ns"
      case majorFaults = "major_faults"
      case clockBefore = "clock_before_hz"
      case clockLowest = "clock_lowest_hz"
      case clockHighest = "clock_highest_hz"
      case sampling = "sampling_ns"
      case waited = "waited_ns"
      case start = "start_ns"
      case end = "end_ns"
      case median = "median_ns"
      case p90 = "p90_ns"
      case maximum = "max_ns"
      case clock = "clock_hz"
      case temperature = "temperature_millidegrees"
      case phase = "where"
    }
  }

  /// In `loaded` a number, in `steps` the steps' times.
  private enum Steps: Decodable {
    case count(Int)
    case times([Step])

    struct Step: Decodable {
      var name: String
      var op: String
      var ns: Int64
    }

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let count = try? value.decode(Int.self) {
        self = .count(count)
      } else {
        self = .times(try value.decode([Step].self))
      }
    }
  }

  /// `nil` where a member is missing or senseless.
  private init?(_ members: Members) {
    switch members.event {
    case "hello":
      guard members.protocolVersion == Self.protocolVersion, let build = members.build, let isa = members.isa
      else { return nil }
      self = .hello(Hello(version: members.version ?? "", build: build, isa: isa))
    case "loading": self = .loading
    case "loaded":
      guard let load = Self.size(members.load), let arena = Self.size(members.arenaBytes),
        let state = Self.size(members.stateBytes), let plan = Self.size(members.planBytes),
        let outputs = members.outputs, outputs >= 0
      else { return nil }
      self = .loaded(
        Loaded(
          nanoseconds: load, arenaBytes: arena, stateBytes: state, planBytes: plan, outputs: outputs,
          memory: Self.memory(members)))
    case "first":
      guard let first = Self.size(members.first) else { return nil }
      self = .first(nanoseconds: first)
    case "samples":
      guard let samples = members.samples, samples.allSatisfy({ $0 >= 0 }) else { return nil }
      self = .samples(samples)
    case "steps":
      guard case .times(let steps)? = members.steps, steps.allSatisfy({ $0.ns >= 0 }) else { return nil }
      self = .steps(steps.map { StepTime(name: $0.name, op: $0.op, nanoseconds: $0.ns) })
    case "memory": self = .memory(Self.memory(members))
    case "output":
      guard let index = members.index, index >= 0, let bytes = Self.size(members.bytes) else { return nil }
      self = .output(index: index, bytes: bytes)
    case "done":
      self = .done(Self.done(members))
    case "window":
      guard let window = Self.window(members) else { return nil }
      self = .window(window)
    case "error":
      guard let phase = members.phase.flatMap(Outcome.Phase.init), let kind = members.kind,
        let message = members.message
      else { return nil }
      self = .error(Fault(phase: phase, kind: kind, message: message))
    case "exit":
      guard let status = members.status, let message = members.message else { return nil }
      self = .exit(
        Exit(
          status: status, message: message,
          peakBytes: Self.size(members.peakBytes).flatMap { $0 > 0 ? $0 : nil },
          kills: max(0, members.kills ?? 0)))
    case "companion_ended":
      guard let status = members.status else { return nil }
      self = .companionEnded(status: status)
    case "confined":
      guard let mechanism = members.mechanism else { return nil }
      self = .confined(mechanism: mechanism)
    default: return nil
    }
  }

  private static func size(_ value: Int64?) -> Int64? { value.flatMap { $0 >= 0 ? $0 : nil } }

  private static func done(_ members: Members) -> Done {
    var done = Done(
      timerOverheadNanoseconds: size(members.timerOverhead), majorFaults: size(members.majorFaults))
    if let before = size(members.clockBefore), let lowest = size(members.clockLowest),
      let highest = size(members.clockHighest), lowest <= highest
    {
      done.clock = MeasuredClock(beforeHertz: before, lowestHertz: lowest, highestHertz: highest)
    }
    if let sampling = size(members.sampling), let waited = size(members.waited) {
      done.contention = Contention(samplingNanoseconds: sampling, waitedNanoseconds: waited)
    }
    return done
  }

  private static func window(_ members: Members) -> SustainedLoad.Window? {
    guard let start = size(members.start), let end = size(members.end), start <= end,
      let count = members.count, count > 0, let median = size(members.median), let p90 = size(members.p90),
      let maximum = size(members.maximum)
    else { return nil }
    return SustainedLoad.Window(
      startNanoseconds: start, endNanoseconds: end, count: count, medianNanoseconds: median,
      p90Nanoseconds: p90, maximumNanoseconds: maximum, clockHertz: size(members.clock),
      temperature: members.temperature.map { Double($0) / 1000 })
  }

  private static func memory(_ members: Members) -> Memory {
    Memory(peakBytes: size(members.peakBytes), residentBytes: size(members.residentBytes))
  }
}
