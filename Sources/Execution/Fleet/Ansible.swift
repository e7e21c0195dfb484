internal import Foundation
internal import Synchronization
internal import Units

/// The user's Ansible, and the collection that is shipped with this program.
public final class Ansible: Sendable {
  /// `ansible-playbook`; its sisters are beside it.
  private let program: String
  /// Holds the playbooks, and the collection below `collections`.
  private let folder: String
  private let running = Mutex(Running())

  private struct Running {
    var process: AgentProcess?
    var isCancelled = false
  }

  /// - Parameters:
  ///   - named: The program, where the user names one.
  ///   - path: Folders to look for it in, with colons between.
  ///   - folder: Where the shipped playbooks are.
  /// - Throws: ``ExecutionError`` that says how to install it.
  public init(named: String?, path: String, folder: String) throws(ExecutionError) {
    if let named {
      guard access(named, X_OK) == 0 else {
        throw ExecutionError(
          .board,
          "EDGEBENCH_ANSIBLE is '\(named)', which is no program; expected the path of ansible-playbook.")
      }
      program = named
    } else {
      let candidates = path.split(separator: ":").filter { $0.hasPrefix("/") }.map {
        "\($0)/ansible-playbook"
      }
      guard let found = candidates.first(where: { access($0, X_OK) == 0 }) else {
        throw ExecutionError(
          .board,
          "ansible-playbook is not on the PATH; a fleet needs ansible-core 2.14 or newer. Install it with 'apt install ansible-core' or 'pipx install ansible-core', or name it in EDGEBENCH_ANSIBLE."
        )
      }
      program = found
    }
    self.folder = folder
    guard access("\(folder)/run.yml", R_OK) == 0 else {
      throw ExecutionError(
        .board,
        "\(folder): does not hold the fleet's playbooks; expected 'run.yml' and 'collections' there. Name their folder in EDGEBENCH_PLAYBOOKS."
      )
    }
  }

  /// What a playbook is run on.
  public struct Selection: Sendable {
    /// A file, a folder or a list with a comma, as for Ansible's `-i`.
    public var inventory: String
    /// As for Ansible's `--limit`.
    public var pattern: String?
    /// How many hosts at once; as Ansible is configured where `nil`.
    public var forks: Int?

    public init(inventory: String, pattern: String?, forks: Int?) {
      self.inventory = inventory
      self.pattern = pattern
      self.forks = forks
    }

    /// Never taken for an option: a path starts at the root, and the others stand behind their option's '='.
    var arguments: [String] {
      var words = ["--inventory=\(source)"]
      if let pattern { words.append("--limit=\(pattern)") }
      if let forks { words.append("--forks=\(forks)") }
      return words
    }

    var source: String {
      let exists = FileManager.default.fileExists(atPath: inventory)
      return !exists && inventory.contains(",") ? inventory : AbsolutePath.of(inventory)
    }

    /// - Throws: ``ExecutionError`` for an inventory that is not there.
    public func check() throws(ExecutionError) {
      guard inventory.contains(",") || access(inventory, R_OK) == 0 else {
        throw ExecutionError(
          .file,
          "\(printable(inventory, limit: 200)): cannot be read (\(systemMessage(errno))); expected an Ansible inventory, such as inventory.yml."
        )
      }
    }
  }

  /// What a plugin is to start for every host: written to a file that Ansible does not read.
  public struct Job: Encodable {
    public var program: String
    public var arguments: [String]
    public var directory: String

    public init(program: String, arguments: [String]) {
      self.program = program
      self.arguments = arguments
      directory = FileManager.default.currentDirectoryPath
    }
  }

  /// Runs a shipped playbook to its end.
  ///
  /// - Parameters:
  ///   - playbook: "run.yml".
  ///   - lease: The file of a ``Lease``: workers end when it is released.
  ///   - work: A folder of this run's own.
  ///   - heard: Called for each event, on this thread.
  /// - Throws: ``ExecutionError`` where Ansible itself could not go on, in its own words.
  public func play(
    _ playbook: String, on selection: Selection, job: Job, lease: String, work: TemporaryFolder,
    heard: (FleetEvent) -> Void
  ) throws(ExecutionError) {
    try selection.check()
    let jobFile = "\(work.path)/job.json"
    do {
      try JSONEncoder().encode(job).write(to: URL(fileURLWithPath: jobFile))
    } catch {
      throw ExecutionError(.file, "\(jobFile): cannot be written.")
    }
    var environment = environment
    environment["EDGEBENCH_FLEET_JOB"] = jobFile
    environment["EDGEBENCH_FLEET_LEASE"] = AbsolutePath.of(lease)
    let process = try AgentProcess(
      program: program,
      arguments: selection.arguments + ["\(folder)/\(playbook)"],
      folder: nil, confinement: ConfinementEntry(), environment: environment)
    try hold(process)
    defer {
      process.kill()
      _ = process.finish(timeout: .seconds(5))
    }
    var lines = LineBuffer()
    var complaint: [UInt8] = []
    var hasEnded = false
    listening: while true {
      switch process.listen(until: .now + .seconds(3600)) {
      case .output(let bytes):
        guard lines.append(bytes) else {
          throw ExecutionError(
            .board, "ansible-playbook wrote a line without end; is \(program) the one of ansible-core?")
        }
        while let line = lines.next() {
          guard let event = FleetEvent(parsing: line) else {
            // Errors in an inventory or a playbook may go here.
            complaint.keep(line + [0x0A])
            continue
          }
          switch event {
          case .ended, .noHosts: hasEnded = true
          default: break
          }
          heard(event)
        }
      case .error(let bytes): complaint.keep(bytes)
      case .timeout: continue
      case .end: break listening
      }
    }
    let status = process.finish(timeout: .seconds(10)).exit_code
    try hold(nil)
    guard !hasEnded else { return }
    let said = String(decoding: complaint, as: UTF8.self)
    // Ansible 2.19's words, and 2.14's: a pattern that matches nothing is an error there, not an event.
    if ["leaves us with no hosts", "does not match any hosts"].contains(where: said.contains) {
      heard(.noHosts)
      return
    }
    throw ExecutionError(
      .board, "ansible-playbook ended with status \(status) before it was done: \(Self.reason(said))")
  }

  /// The hosts that a selection names, in the inventory's order.
  public func hosts(of selection: Selection) throws(ExecutionError) -> [String] {
    try selection.check()
    let sister = (program as NSString).deletingLastPathComponent + "/ansible"
    let result = try ChildProcess.run(
      sister,
      ["--inventory=\(selection.source)", "--list-hosts"]
        + (selection.pattern.map { ["--limit=\($0)"] } ?? []) + ["all"],
      timeout: .seconds(120), environment: environment,
      running: { process throws(ExecutionError) in try hold(process) })
    let output = String(decoding: result.output, as: UTF8.self)
    guard result.status == 0 else {
      throw ExecutionError(
        .board, "\(selection.inventory): Ansible does not take it: \(Self.reason(result.error + output))")
    }
    // "  hosts (2):", then a name a line.
    return output.split(separator: "\n").dropFirst().map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// From another thread.
  public func cancel() {
    let process = running.withLock { running in
      running.isCancelled = true
      return running.process
    }
    process?.kill()
  }

  private func hold(_ process: AgentProcess?) throws(ExecutionError) {
    let isCancelled = running.withLock { running in
      running.process = process
      return running.isCancelled
    }
    guard isCancelled else { return }
    process?.kill()
    throw ExecutionError(.cancelled, "Interrupted.")
  }

  /// The user's own, save for what decides how Ansible talks to this program.
  private var environment: [String: String] {
    ProcessInfo.processInfo.environment.merging([
      "ANSIBLE_STDOUT_CALLBACK": "edgebench.fleet.events", "ANSIBLE_NOCOLOR": "1", "ANSIBLE_FORCE_COLOR": "0",
      "ANSIBLE_RETRY_FILES_ENABLED": "0", "ANSIBLE_DEPRECATION_WARNINGS": "0",
      "ANSIBLE_LOCALHOST_WARNING": "0", "LC_ALL": "C.UTF-8", "ANSIBLE_INVENTORY_UNPARSED_FAILED": "1",
      // Beside the plugins there may be no place for it.
      "PYTHONDONTWRITEBYTECODE": "1",
    ]) { $1 }
  }

  /// Ansible's own words, in one line.
  static func reason(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
    let chosen =
      lines.first { $0.hasPrefix("ERROR!") || $0.hasPrefix("[ERROR]") } ?? lines.last ?? "it said nothing"
    return printable(chosen, limit: 300)
  }
}

extension [UInt8] {
  /// Appends, and forgets what is far behind.
  fileprivate mutating func keep(_ bytes: [UInt8]) {
    append(contentsOf: bytes)
    if count > 65536 { removeFirst(count - 8192) }
  }
}
