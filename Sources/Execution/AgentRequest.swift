internal import Foundation

/// A request as the agent reads it. See `edgebench-agent --help`.
struct AgentRequest: Encodable {
  struct Input: Encodable {
    var file: String?
    var seed: UInt64?
  }

  var request: String
  var plan: String
  var inputs: [Input]
  var threads: Int
  var warmUp: Int?
  var samples: Int?
  var maximumSamples: Int?
  var minimumNanoseconds: Int64?
  var maximumNanoseconds: Int64?
  var sustainedNanoseconds: Int64?
  var windowNanoseconds: Int64?
  var temperature: String?
  var profileRuns: Int?
  var timer: String?
  var outputFolder: String?

  enum CodingKeys: String, CodingKey {
    case request, plan, inputs, threads, samples, timer, temperature
    case warmUp = "warm_up"
    case maximumSamples = "max_samples"
    case minimumNanoseconds = "min_ns"
    case maximumNanoseconds = "max_ns"
    case sustainedNanoseconds = "sustained_ns"
    case windowNanoseconds = "window_ns"
    case profileRuns = "profile_runs"
    case outputFolder = "output_dir"
  }

  /// - Parameters:
  ///   - timer: The timer library, a whole path; the one beside the agent where `nil`.
  ///   - temperature: The file that says how hot the machine is. See ``HostProbe/hottestZone``.
  init(_ request: MeasurementRequest, threads: Int, timer: String?, temperature: String? = nil) {
    self.request = "measure"
    plan = AbsolutePath.of(request.plan)
    inputs = Self.inputs(request.inputs)
    self.threads = threads
    warmUp = request.warmUpRuns
    samples = max(1, request.samples)
    maximumSamples = max(1, request.maximumSamples)
    minimumNanoseconds = request.minimumTime.wholeNanoseconds
    maximumNanoseconds = max(1, request.budget.wholeNanoseconds)
    if request.sustained > .zero {
      sustainedNanoseconds = request.sustained.wholeNanoseconds
      // A hundred points for a plot, and none of less than a second.
      windowNanoseconds = max(1_000_000_000, request.sustained.wholeNanoseconds / 100)
      self.temperature = temperature
    }
    profileRuns = request.profileRuns
    self.timer = timer
  }

  /// Two inferences in one thread, between marks.
  init(counting request: MeasurementRequest) {
    self.request = "count"
    plan = AbsolutePath.of(request.plan)
    inputs = Self.inputs(request.inputs)
    threads = 1
    samples = 2
  }

  init(_ request: InferenceRequest, threads: Int) {
    self.request = "infer"
    plan = AbsolutePath.of(request.plan)
    inputs = Self.inputs(request.inputs)
    self.threads = threads
    outputFolder = AbsolutePath.of(request.outputFolder)
  }

  private static func inputs(_ sources: [InputSource]) -> [Input] {
    sources.map { source in
      switch source {
      case .file(let path): Input(file: AbsolutePath.of(path))
      // The protocol's seeds are below 2^63.
      case .seed(let seed): Input(seed: seed & UInt64(Int64.max))
      }
    }
  }

  /// One line, with its end.
  var line: [UInt8] {
    get throws(ExecutionError) {
      do {
        return try [UInt8](JSONEncoder().encode(self)) + [UInt8(ascii: "\n")]
      } catch {
        throw ExecutionError(.file, "\(plan): the request cannot be written as JSON.")
      }
    }
  }
}

/// The agent runs in a folder of its own, so it gets whole paths.
enum AbsolutePath {
  static func of(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }
}

extension Duration {
  /// Rounded down; the largest `Int64` where it does not fit, 0 where it is negative.
  var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0 else { return 0 }
    let (whole, overflow1) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflow2) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflow1 || overflow2 ? .max : max(0, sum)
  }
}
