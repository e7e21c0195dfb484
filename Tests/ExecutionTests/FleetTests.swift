import Foundation
import Records
import Testing

@testable import Execution

@Suite struct FleetHostTests {
  @Test func hostBecomesABoard() throws {
    let host = FleetHost(
      name: "kitchen", host: "10.0.0.1", port: 2222, user: "pi", sshArguments: ["-J", "jump host"])
    let board = try host.board()
    #expect(board.address.text == "ssh://pi@10.0.0.1:2222")
    #expect(board.sshArguments == ["-J", "jump host"])
    #expect(try FleetHost(name: "a", host: "fe80::1").board().address.text == "ssh://[fe80::1]")
  }

  @Test(arguments: [
    FleetHost(name: "; touch x", host: "a"), FleetHost(name: "../../up", host: "a"),
    FleetHost(name: "-x", host: "a"), FleetHost(name: "", host: "a"), FleetHost(name: "a\nb", host: "a"),
    FleetHost(name: String(repeating: "a", count: 49), host: "a"),
    FleetHost(name: "a", host: "-oProxyCommand=x"), FleetHost(name: "a", host: "$(x)"),
    FleetHost(name: "a", host: ""), FleetHost(name: "a", host: "b c"),
    FleetHost(name: "a", host: "b", port: 0),
    FleetHost(name: "a", host: "b", port: 65536), FleetHost(name: "a", host: "b", user: "-l root"),
    FleetHost(name: "a", host: "b", user: "x;y"), FleetHost(name: "a", host: "b\0c"),
  ])
  func hostileHostIsRefusedInOneLine(host: FleetHost) {
    let error = #expect(throws: ExecutionError.self) { try host.board() }
    #expect(error?.description.contains("\n") == false)
  }

  @Test(arguments: ["", "{}", "[]", #"{"name": 1}"#])
  func textThatIsNoHostIsRefused(text: String) {
    #expect(throws: ExecutionError.self) { try FleetHost(json: Data(text.utf8)) }
  }

  /// Of an option that is given twice ssh takes the first.
  @Test func inventoryDoesNotLoosenTheHostKeysCheck() throws {
    let board = try FleetHost(
      name: "a", host: "b", sshArguments: ["-o", "StrictHostKeyChecking=no", "-o", "BatchMode=no"]
    ).board()
    guard case .ssh(let address) = board.address else { return }
    let connection = try SSHConnection(to: board, at: address)
    let arguments = try connection.arguments(for: ["true"])
    let ours = try #require(arguments.firstIndex(of: "StrictHostKeyChecking=yes"))
    let theirs = try #require(arguments.firstIndex(of: "StrictHostKeyChecking=no"))
    #expect(ours < theirs)
    #expect(Array(arguments.suffix(3)) == ["--", "b", "'true'"])
  }
}

@Suite struct FleetEventTests {
  @Test func eventsAreRead() {
    func event(_ text: String) -> FleetEvent? { FleetEvent(parsing: Array(text.utf8)) }
    #expect(event(#"{"event":"started","host":"a"}"#) == .started(host: "a"))
    #expect(event(#"{"event":"failed","host":"a","reason":"b"}"#) == .failed(host: "a", reason: "b"))
    #expect(event(#"{"event":"ended","hosts":["a"]}"#) == .ended(unharmed: ["a"]))
    #expect(event("PLAY RECAP") == nil)
    #expect(event(#"{"event":"worked","host":"a"}"#) == nil)
    #expect(event("") == nil)
  }

  @Test func reasonIsAnsiblesOwnErrorInOneLine() {
    #expect(Ansible.reason("a\n[ERROR]: broken\nsee above\n") == "[ERROR]: broken")
    #expect(Ansible.reason("") == "it said nothing")
  }
}

@Suite struct AnsibleTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  @Test func absentAnsibleIsNamedWithItsCure() {
    let error = #expect(throws: ExecutionError.self) {
      try Ansible(named: nil, path: "/nonexistent:relative", folder: scratch.path)
    }
    #expect(error?.description.contains("pipx install ansible-core") == true)
  }

  @Test func pathsAndPatternsAreNeverOptions() {
    let selection = Ansible.Selection(inventory: "--version", pattern: "-x", forks: 3)
    #expect(
      selection.arguments == [
        "--inventory=\(FileManager.default.currentDirectoryPath)/--version", "--limit=-x", "--forks=3",
      ])
    #expect(Ansible.Selection(inventory: "a,b,", pattern: nil, forks: nil).arguments == ["--inventory=a,b,"])
  }

  @Test func leaseIsHeldOnceAndTellsOfItsEnd() async throws {
    let path = "\(scratch.path)/results/.lock"
    let lease = try #require(try Lease(path: path))
    #expect(try Lease(path: path) == nil)
    await confirmation { released in
      await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
        Lease.watch(path) { done.resume() }
        lease.release()
      }
      released()
    }
    #expect(try Lease(path: path) != nil)
  }
}

@Suite struct SamplerRingTests {
  private let job = #"""
    {"agent_sha256":"2c","configuration":{"engine":"builtin","precision":"f32","threads":1,"variant":"reference"},"input_types":["f4"],"model":"m","model_sha256":"0a","output_types":["f4"]}
    """#

  private func ring(_ lines: [String]) -> SamplerRing {
    SamplerRing(parsing: Array((["@a.jsonl"] + lines.map { " " + $0 }).joined(separator: "\n").utf8), of: "b")
  }

  private var events: [String] {
    let samples = (0..<40).map { "\(1000 + $0 % 3)" }.joined(separator: ",")
    return [
      #"{"event":"samples","ns":[\#(samples)]}"#,
      #"{"event":"done","timer_overhead_ns":20,"major_faults":0}"#,
      #"{"tensor":{"role":"output","index":0,"bytes":4,"sha256":"ff","not_finite":0,"minimum":0,"maximum":1,"mean":0.5}}"#,
    ]
  }

  @Test func resultIsAnObservation() throws {
    let ring = ring([#"{"sample":1,"date":"2026-11-24T03:00:12Z"}"#, job] + events)
    #expect(ring.problems == [])
    let observation = try #require(ring.observations.first)
    #expect(observation.source == .sampler)
    #expect(observation.samples == 40)
    #expect(observation.median == 1001)
    #expect(observation.tensors?.first?.mean == 0.5)
    #expect(observation.invalid == [])
  }

  @Test func runThatDidNotEndIsKeptAsInvalid() throws {
    let ring = ring([#"{"sample":1,"date":"2026-11-24T03:00:12Z"}"#, job, events[0]])
    #expect(ring.observations.first?.invalid.isEmpty == false)
  }

  @Test(arguments: [
    [], ["{}"], ["x", "y", "z"], [#"{"sample":2,"date":"2026-11-24T03:00:12Z"}"#, "{}", "{}"],
    [#"{"sample":1,"date":"never"}"#, "{}", "{}"],
  ])
  func resultThatIsNoneIsNamed(lines: [String]) {
    let ring = ring(lines)
    #expect(ring.observations == [])
    #expect(ring.problems.count == 1)
    #expect(ring.problems.first?.contains("'a.jsonl'") == true)
  }

  @Test func moreSamplesThanASamplerTakesAreRefused() {
    let many = (0...SamplerJob.samples).map { "\($0)" }.joined(separator: ",")
    let ring = ring([
      #"{"sample":1,"date":"2026-11-24T03:00:12Z"}"#, job, #"{"event":"samples","ns":[\#(many)]}"#,
    ])
    #expect(ring.observations == [])
    #expect(ring.problems.count == 1)
  }

  @Test func boardWithoutASamplerHasNoResults() {
    let ring = SamplerRing(parsing: [], of: "b")
    #expect(ring.observations == [])
    #expect(ring.problems == [])
  }
}
