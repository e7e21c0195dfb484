internal import Foundation
public import Records
internal import Units

/// What a device's sampler has kept.
public struct SamplerRing: Sendable {
  /// Where the sampler lives on a device.
  public static let folder = "/var/lib/edgebench-sampler"

  public private(set) var observations: [Observation] = []
  /// One a result that could not be read; all others are in `observations`.
  public private(set) var problems: [String] = []

  /// Prints every result behind its name, each line behind a space; nothing where there is no sampler.
  private static let script = #"""
    cd "$1/ring" 2>/dev/null || exit 0
    for file in *.jsonl; do
      [ -f "$file" ] && echo "@$file" && head -c 65536 "$file" | sed "s/^/ /" && echo
    done
    exit 0
    """#

  /// Fetches the ring of a board over ssh; boards of other kinds have none.
  public init(of board: Board) throws(ExecutionError) {
    guard case .ssh(let address) = board.address else {
      self.init(parsing: [], of: board.name)
      return
    }
    let connection = try SSHConnection(to: board, at: address)
    let result = try connection.run(words: ["sh", "-c", Self.script, "edgebench", Self.folder])
    self.init(parsing: result.output, of: board.name)
  }

  /// Reads what the script said, which may be anything.
  init(parsing bytes: [UInt8], of board: String) {
    var files: [(name: String, lines: [[UInt8]])] = []
    for line in bytes.split(separator: 0x0A) {
      if line.first == UInt8(ascii: "@") {
        files.append((printable(String(decoding: line.dropFirst(), as: UTF8.self), limit: 60), []))
      } else if line.first == UInt8(ascii: " "), line.count > 1, !files.isEmpty {
        files[files.count - 1].lines.append(Array(line.dropFirst()))
      }
    }
    for file in files {
      do {
        observations.append(try Self.observation(file.lines))
      } catch {
        problems.append(
          "\(board): the sampler's result '\(file.name)' cannot be read (\(error.description)).")
      }
    }
  }

  private struct Header: Decodable {
    var sample: Int
    var date: Date
  }
  private struct Tensor: Decodable { var tensor: TensorSummary }

  /// Of one result: a header, what is measured, the agent's events, and what went in and came out.
  private static func observation(_ lines: [[UInt8]]) throws(ExecutionError) -> Observation {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    guard lines.count >= 3, let header = try? decoder.decode(Header.self, from: Data(lines[0])),
      header.sample == 1, let job = try? decoder.decode(SamplerJob.self, from: Data(lines[1]))
    else { throw ExecutionError(.agentBroken, "it does not begin as one") }
    var request = MeasurementRequest(plan: "")
    request.maximumSamples = SamplerJob.samples
    var collector = MeasurementCollector(
      request, digest: job.agentDigest, report: SandboxReport(mechanism: "none"),
      threads: job.configuration.threads, progress: { _ in })
    var tensors: [TensorSummary] = []
    var isDone = false
    for line in lines[2...] {
      if let tensor = try? decoder.decode(Tensor.self, from: Data(line)) {
        tensors.append(tensor.tensor)
        continue
      }
      let event = try AgentEvent(parsing: line)
      try collector.hear(event)
      if case .done = event { isDone = true }
    }
    if !isDone { collector.measurement.outcome = .failed(message: "the sampler's run did not end") }
    return Observation(
      date: header.date, source: .sampler, model: job.model, modelDigest: job.modelDigest,
      configuration: job.configuration, measurement: collector.measurement,
      validity: Validity(judging: collector.measurement, in: nil), tensors: tensors)
  }
}
