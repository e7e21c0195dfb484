internal import DeviceProfiles
internal import Foundation
internal import Records
internal import Synchronization
internal import Units

/// A board over ssh.
///
/// The agent runs there on its own and writes its events to a file, so that neither the network nor its absence disturbs
/// it; the file is followed, and after a dropped connection it is read again from its start.
final class SSHBoardRunner: BoardRunner {
  let evidence = Evidence.measuredOnBoard
  private let board: Board
  private let agents: String
  private let connection: SSHConnection
  private let ready = Mutex<Ready?>(nil)

  private struct Ready {
    var bundle: AgentBundle
    /// Of its cores, those that are online.
    var cores: [Int]
    var bytes: Int64
    var temperatureFile: String?
  }

  init(_ board: Board, _ address: SSHAddress, agents: String) throws(ExecutionError) {
    self.board = board
    self.agents = agents
    connection = try SSHConnection(to: board, at: address)
  }

  func prepare() throws(ExecutionError) -> BoardState {
    var snapshot = try snapshot()
    guard let target = AgentBundle.target(machine: snapshot.machine, bits: snapshot.bits) else {
      throw ExecutionError(
        .board,
        "\(board.name): is a '\(snapshot.machine)' machine; there are agents for \(AgentBundle.targets.joined(separator: ", "))."
      )
    }
    let bundle = try AgentBundle(target: target, in: agents, board: board.name)
    try push([
      .init(path: bundle.agent, name: bundle.remoteAgent, mode: "700"),
      .init(path: bundle.timer, name: bundle.remoteTimer, mode: "600"),
    ])
    let version = try connection.run(["version", bundle.remoteAgent])
    guard version.status == 0 else {
      throw ExecutionError(
        .agentMissing,
        "\(board.name): the agent for \(target) does not start there (\(lastLine(version.error))). It needs glibc 2.31 or newer."
      )
    }
    if !snapshot.knowsSpeed {
      _ = try connection.run(["speed"], timeout: .seconds(120))
      snapshot = try self.snapshot()
    }
    let environment = environment(snapshot)
    ready.withLock { [snapshot] in
      $0 = Ready(
        bundle: bundle, cores: snapshot.coreNumbers, bytes: bundle.agentBytes ?? 0,
        temperatureFile: snapshot.temperatureFile)
    }
    return try BoardState(
      environment: environment,
      profile: .board(named: board.name, root: snapshot.folder.path, machine: snapshot.machine),
      greeting: String(decoding: version.output, as: UTF8.self), board: board.name)
  }

  var agentBytes: Int64? { ready.withLock { $0?.bytes } }

  func agentDigest() throws(ExecutionError) -> String { try readied().bundle.digest }

  func environment() throws(ExecutionError) -> HostEnvironment { environment(try snapshot()) }

  func currentState() throws(ExecutionError) -> HostState { try snapshot().state }

  func cancel() { connection.cancel() }

  private func environment(_ snapshot: BoardSnapshot) -> HostEnvironment {
    var environment = snapshot.environment
    environment.board = snapshot.identity(name: board.name, address: board.address.text)
    return environment
  }

  private func snapshot() throws(ExecutionError) -> BoardSnapshot {
    try BoardSnapshot(
      connection.run(["snapshot"]).output, of: board.name)
  }

  private func readied() throws(ExecutionError) -> Ready {
    if let ready = ready.withLock({ $0 }) { return ready }
    _ = try prepare()
    guard let ready = ready.withLock({ $0 }) else {
      throw ExecutionError(.board, "\(board.name): is not ready.")
    }
    return ready
  }

  func measure(
    _ request: MeasurementRequest, progress: @escaping (MeasurementProgress) -> Void
  ) throws(ExecutionError) -> Records.Measurement {
    let ready = try readied()
    let plan = try Upload(file: request.plan)
    var inputs: [Upload?] = []
    for input in request.inputs {
      if case .file(let path) = input { inputs.append(try Upload(file: path)) } else { inputs.append(nil) }
    }
    try push([plan] + inputs.compactMap { $0 })

    let confinement = RemoteConfinement(request.limits, cores: ready.cores)
    let threads = max(1, min(request.threads, confinement.cores.count))
    if threads < request.threads {
      confinement.note("\(request.threads) threads: \(threads) ran, one a core.")
    }
    var agentRequest = AgentRequest(
      request, threads: threads, timer: nil, temperature: ready.temperatureFile)
    agentRequest.plan = plan.name
    for (index, upload) in inputs.enumerated() {
      if let upload { agentRequest.inputs[index].file = upload.name }
    }
    let run = RemoteRun(connection: connection)
    try start(run, ready.bundle, agentRequest.line, confinement, beside: request.beside)
    var isLost = false
    defer { if !isLost { run.stop() } }
    do throws(ExecutionError) {
      return try run.follow { process throws(ExecutionError) in
        var collector = MeasurementCollector(
          request, digest: ready.bundle.digest, report: confinement.report, threads: threads,
          progress: progress)
        var session = AgentSession(
          process: process, confinement: confinement, hasMemoryLimit: request.limits.memory != nil,
          request: [], timeouts: request.timeouts, budget: request.budget)
        let ending = try session.run {
        } heard: { event throws(ExecutionError) in
          if case .confined(let mechanism) = event { confinement.settle(mechanism) }
          if case .companionEnded(let status) = event {
            throw CompanionProcess.endedAtOnce(request.beside ?? "", status: status)
          }
          try collector.hear(event)
        }
        collector.measurement.sandbox = confinement.report
        collector.measurement.companion = try companion(of: run, request)
        return collector.finish(ending, limit: request.limits.memory, counters: confinement.counters)
      }
    } catch {
      isLost = error.kind == .connectionLost
      throw error
    }
  }

  private func companion(of run: RemoteRun, _ request: MeasurementRequest) throws(ExecutionError)
    -> Companion?
  {
    guard let command = request.beside else { return nil }
    let said = String(decoding: try connection.run(["beside", run.id]).output, as: UTF8.self)
    return Companion(command: command, ranToTheEnd: said.hasPrefix("running"))
  }

  private func start(
    _ run: RemoteRun, _ bundle: AgentBundle, _ request: [UInt8], _ confinement: RemoteConfinement,
    beside: String?
  ) throws(ExecutionError) {
    let words = [
      "start", run.id, bundle.remoteAgent, String(request.count), confinement.memoryWord,
      confinement.coresWord, beside ?? BoardScript.nothing,
    ]
    let result = try connection.run(words, input: .bytes(request), isRepeatable: false)
    guard result.status == 0 else { throw refusal(result, of: "the request", bytes: Int64(request.count)) }
  }

  /// Sends the files that are not there yet.
  private func push(_ uploads: [Upload]) throws(ExecutionError) {
    let result = try connection.run(["missing"] + uploads.map(\.name))
    guard result.status == 0 else { throw refusal(result, of: "its cache folder", bytes: nil) }
    let missing = Set(
      String(decoding: result.output, as: UTF8.self).split(separator: "\n").map { String($0) })
    for upload in uploads where missing.contains(upload.name) {
      let digest = try FileDigest.sha256(of: upload.path)
      let attributes = try? FileManager.default.attributesOfItem(atPath: upload.path)
      guard let bytes = (attributes?[.size] as? NSNumber)?.int64Value else {
        throw ExecutionError(.file, "\(upload.path): its size cannot be read.")
      }
      let result = try connection.run(
        ["put", upload.name, String(bytes), digest, upload.mode], input: .file(upload.path),
        timeout: .seconds(60 + bytes / 100_000))  // 100 kB/s, a poor mobile link
      guard result.status == 0 else { throw refusal(result, of: upload.path, bytes: bytes) }
    }
  }

  /// Why the board did not take something, in one line.
  private func refusal(_ result: ChildProcess, of what: String, bytes: Int64?) -> ExecutionError {
    let size = bytes.map { ", \($0) bytes," } ?? ""
    if result.error.contains("No space left") || result.error.contains("quota exceeded") {
      return ExecutionError(
        .board,
        "\(board.name): its storage is full; \(what)\(size) does not fit in ~/.cache/edgebench. Free some there, or give back the cache with 'edgebench boards remove \(board.name)'."
      )
    }
    if result.error.contains("Permission denied") || result.error.contains("Read-only file system") {
      return ExecutionError(
        .board,
        "\(board.name): ~/.cache/edgebench may not be written (\(lastLine(result.error))); \(what) was not sent. Make it the user's own, and not read-only."
      )
    }
    if result.status == BoardScript.damaged {
      return ExecutionError(
        .connectionLost, "\(board.name): \(what) came damaged. Run the same command again.")
    }
    return ExecutionError(
      .board, "\(board.name): \(what) was not taken (status \(result.status), \(lastLine(result.error))).")
  }

  private func lastLine(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).last.map { String($0) } ?? "it said nothing"
    return printable(line, limit: 160)
  }

  func removeCache() throws(ExecutionError) {
    let result = try connection.run(["remove"])
    guard result.status == 0 else { throw refusal(result, of: "its cache folder", bytes: nil) }
  }
}

/// A file and where it goes, below the board's cache folder.
private struct Upload {
  var path: String
  var name: String
  var mode = "600"
}

extension Upload {
  /// Named by its content, which the board checks when it comes.
  init(file: String) throws(ExecutionError) {
    self.init(path: file, name: "files/\(try FileDigest.sha256(of: file))")
  }
}

extension AgentBundle {
  private var remoteFolder: String { "agents/\(digest.prefix(16))" }
  var remoteAgent: String { "\(remoteFolder)/edgebench-agent" }
  var remoteTimer: String { "\(remoteFolder)/libedgebench-timer.so" }

  var agentBytes: Int64? {
    (try? FileManager.default.attributesOfItem(atPath: agent))?[.size].flatMap {
      ($0 as? NSNumber)?.int64Value
    }
  }
}
