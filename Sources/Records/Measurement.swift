/// What one agent process measured: raw figures and how the process was confined, before any judgement.
public struct Measurement: Codable, Sendable, Equatable {
  public var outcome: Outcome
  public var agent: AgentIdentity?
  public var sandbox: SandboxReport
  public var threads: Int
  /// Time from the request to a plan that is ready to run, with a cold page cache where the sandbox could drop it.
  public var loadNanoseconds: Int64?
  public var loadedCold: Bool?
  public var firstInferenceNanoseconds: Int64?
  /// One entry an inference, in the order measured.
  public var samplesNanoseconds: [Int64]
  /// The kernel's own high-water marks of resident pages: until the plan was loaded, and until it was warm. Later
  /// inferences repeat that one; what the timer itself allocates then is not the model's.
  public var loadPeakMemoryBytes: Int64?
  public var peakMemoryBytes: Int64?
  /// Resident size between inferences.
  public var steadyMemoryBytes: Int64?
  public var arenaBytes: Int64?
  public var planBytes: Int64?
  /// What the timer itself adds to a sample: the median of an empty call.
  public var timerOverheadNanoseconds: Int64?
  /// Pages that had to be read from storage while sampling: the model did not fit in memory whole.
  public var majorFaults: Int64?
  public var clock: MeasuredClock?
  public var contention: Contention?
  /// What ran without pause before the samples, which are then those of a machine that is warm.
  public var sustained: SustainedLoad?
  /// What ran beside it on purpose.
  public var companion: Companion?
  /// Of one inference on an emulated processor, counted exactly.
  public var instructions: Int64?
  /// Time per step of the plan, where profiling was asked for: name, operator, nanoseconds (median).
  public var steps: [StepTime]?

  public init(
    outcome: Outcome, agent: AgentIdentity?, sandbox: SandboxReport, threads: Int,
    loadNanoseconds: Int64? = nil, loadedCold: Bool? = nil, firstInferenceNanoseconds: Int64? = nil,
    samplesNanoseconds: [Int64] = [], loadPeakMemoryBytes: Int64? = nil, peakMemoryBytes: Int64? = nil,
    steadyMemoryBytes: Int64? = nil, arenaBytes: Int64? = nil, planBytes: Int64? = nil,
    timerOverheadNanoseconds: Int64? = nil, majorFaults: Int64? = nil, clock: MeasuredClock? = nil,
    contention: Contention? = nil, sustained: SustainedLoad? = nil, companion: Companion? = nil,
    instructions: Int64? = nil, steps: [StepTime]? = nil
  ) {
    self.outcome = outcome
    self.agent = agent
    self.sandbox = sandbox
    self.threads = threads
    self.loadNanoseconds = loadNanoseconds
    self.loadedCold = loadedCold
    self.firstInferenceNanoseconds = firstInferenceNanoseconds
    self.samplesNanoseconds = samplesNanoseconds
    self.loadPeakMemoryBytes = loadPeakMemoryBytes
    self.peakMemoryBytes = peakMemoryBytes
    self.steadyMemoryBytes = steadyMemoryBytes
    self.arenaBytes = arenaBytes
    self.planBytes = planBytes
    self.timerOverheadNanoseconds = timerOverheadNanoseconds
    self.majorFaults = majorFaults
    self.clock = clock
    self.contention = contention
    self.sustained = sustained
    self.companion = companion
    self.instructions = instructions
    self.steps = steps
  }

  enum CodingKeys: String, CodingKey {
    case outcome, agent, sandbox, threads, steps, clock, contention, sustained, instructions
    case companion = "beside"
    case loadNanoseconds = "load_ns"
    case loadedCold = "loaded_cold"
    case firstInferenceNanoseconds = "first_inference_ns"
    case samplesNanoseconds = "samples_ns"
    case loadPeakMemoryBytes = "load_peak_memory_bytes"
    case peakMemoryBytes = "peak_memory_bytes"
    case steadyMemoryBytes = "steady_memory_bytes"
    case arenaBytes = "arena_bytes"
    case planBytes = "plan_bytes"
    case timerOverheadNanoseconds = "timer_overhead_ns"
    case majorFaults = "major_faults"
  }
}

/// How an agent process ended.
public enum Outcome: Codable, Sendable, Equatable {
  case completed
  /// Killed by the kernel for exceeding the memory limit: a result, not an error.
  case outOfMemory(limitBytes: Int64, peakBytes: Int64?, phase: Phase)
  /// The plan and runtime do not fit on the storage that the profile leaves.
  case outOfDisk(limitBytes: Int64, neededBytes: Int64)
  case timedOut(afterNanoseconds: Int64, phase: Phase)
  case failed(message: String)

  public enum Phase: String, Codable, Sendable {
    case start, load
    case firstInference = "first_inference"
    case steadyState = "steady_state"
  }

  enum CodingKeys: String, CodingKey {
    case completed, failed
    case outOfMemory = "out_of_memory"
    case outOfDisk = "out_of_disk"
    case timedOut = "timed_out"
  }
  enum OutOfMemoryCodingKeys: String, CodingKey {
    case phase
    case limitBytes = "limit_bytes"
    case peakBytes = "peak_bytes"
  }
  enum OutOfDiskCodingKeys: String, CodingKey {
    case limitBytes = "limit_bytes"
    case neededBytes = "needed_bytes"
  }
  enum TimedOutCodingKeys: String, CodingKey {
    case phase
    case afterNanoseconds = "after_ns"
  }
}

public struct AgentIdentity: Codable, Sendable, Equatable {
  /// SHA-256 of the agent's file, in hexadecimal.
  public var digest: String
  public var build: String
  public var isa: String
  public init(digest: String, build: String, isa: String) {
    self.digest = digest
    self.build = build
    self.isa = isa
  }
}

/// How a process was confined, and what could not be enforced.
public struct SandboxReport: Codable, Sendable, Equatable {
  /// "cgroup-v2", "cgroup-v1", "rlimit", "none".
  public var mechanism: String
  public var memoryLimitBytes: Int64?
  public var cores: [Int]?
  public var diskLimitBytes: Int64?
  /// "tmpfs", "loop-ext4", "accounted".
  public var diskMechanism: String?
  public var diskReadBytesPerSecond: Int64?
  /// The most that the kernel charged to the sandbox: anonymous pages, files that it was the first to read, kernel memory.
  public var chargedPeakBytes: Int64?
  /// One plain sentence a limit of the profile that this host could not enforce.
  public var notEnforced: [String]
  public init(
    mechanism: String, memoryLimitBytes: Int64? = nil, cores: [Int]? = nil, diskLimitBytes: Int64? = nil,
    diskMechanism: String? = nil, diskReadBytesPerSecond: Int64? = nil, chargedPeakBytes: Int64? = nil,
    notEnforced: [String] = []
  ) {
    self.mechanism = mechanism
    self.memoryLimitBytes = memoryLimitBytes
    self.cores = cores
    self.diskLimitBytes = diskLimitBytes
    self.diskMechanism = diskMechanism
    self.diskReadBytesPerSecond = diskReadBytesPerSecond
    self.chargedPeakBytes = chargedPeakBytes
    self.notEnforced = notEnforced
  }

  enum CodingKeys: String, CodingKey {
    case mechanism, cores
    case memoryLimitBytes = "memory_limit_bytes"
    case diskLimitBytes = "disk_limit_bytes"
    case diskMechanism = "disk_mechanism"
    case diskReadBytesPerSecond = "disk_read_bytes_per_second"
    case chargedPeakBytes = "charged_peak_bytes"
    case notEnforced = "not_enforced"
  }
}

public struct StepTime: Codable, Sendable, Equatable {
  public var name: String
  public var op: String
  public var nanoseconds: Int64
  public init(name: String, op: String, nanoseconds: Int64) {
    self.name = name
    self.op = op
    self.nanoseconds = nanoseconds
  }

  enum CodingKeys: String, CodingKey {
    case name
    case op = "operator"
    case nanoseconds = "ns"
  }
}
