import CTimer
import Foundation
import Records
import Testing
import Units

@testable import Execution

/// Agents that do not do what an agent should: shell scripts.
@Suite struct FakeAgentTests {
  let scratch: Scratch
  let plan: String
  static let hello =
    #"echo '{"event":"hello","protocol":1,"version":"0","build":"release","plans":"\#(PlanRevision.own)","isa":"scalar"}'; read request"#

  init() throws {
    scratch = try Scratch()
    plan = try scratch.write("plan", to: "model.ebplan")
  }

  private func measure(_ script: String, _ edit: (inout MeasurementRequest) -> Void = { _ in }) throws
    -> Records.Measurement
  {
    var request = MeasurementRequest(plan: plan)
    edit(&request)
    return try AgentRunner(agentPath: try scratch.program(script), sandbox: .rlimit).measure(request)
  }

  private func failure(_ script: String) throws -> ExecutionError {
    let error = #expect(throws: ExecutionError.self) { try measure(script) }
    let found = try #require(error)
    #expect(!found.description.contains { $0.isNewline })
    return found
  }

  @Test func missingAgentIsNamedWithItsCure() throws {
    let error = #expect(throws: ExecutionError.self) {
      try AgentRunner(agentPath: "/nowhere/edgebench-agent", sandbox: .rlimit).measure(
        MeasurementRequest(plan: plan))
    }
    #expect(
      error?.description
        == "/nowhere/edgebench-agent: no agent there (No such file or directory); expected the program edgebench-agent. Build it with 'make build'."
    )
  }

  @Test func fileThatIsNoProgramIsRefused() throws {
    let error = #expect(throws: ExecutionError.self) {
      try AgentRunner(agentPath: plan, sandbox: .rlimit).measure(MeasurementRequest(plan: plan))
    }
    #expect(error?.kind == .agentMissing)
  }

  @Test func missingTimerIsNamedWithItsCure() throws {
    let agent = try scratch.program(Self.hello)
    try FileManager.default.removeItem(atPath: "\(scratch.path)/\(EB_TIMER_LIBRARY)")
    let error = #expect(throws: ExecutionError.self) {
      try AgentRunner(agentPath: agent, sandbox: .rlimit).measure(MeasurementRequest(plan: plan))
    }
    #expect(
      error?.description
        == "\(scratch.path)/libedgebench-timer.so: no timer there (No such file or directory); expected the agent's timer library. Build it with 'make build'."
    )
  }

  @Test func timerIsSoughtBesideTheProgramThatALinkLeadsTo() throws {
    let agent = try scratch.program(Self.hello)
    let link = try scratch.write("", to: "bin/keep").replacingOccurrences(of: "keep", with: "edgebench-agent")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: agent)
    #expect(AgentRunner(agentPath: link, sandbox: .rlimit).timerPath == "\(scratch.path)/\(EB_TIMER_LIBRARY)")
  }

  @Test func digestTellsTheTimerOfTheAgentApart() throws {
    let agent = try scratch.program(Self.hello)
    let digest = try AgentRunner(agentPath: agent, sandbox: .rlimit).agentDigest()
    _ = try scratch.write("another library", to: EB_TIMER_LIBRARY)
    #expect(try AgentRunner(agentPath: agent, sandbox: .rlimit).agentDigest() != digest)
  }

  @Test func brokenProgramIsRefused() throws {
    _ = try scratch.write("no library", to: EB_TIMER_LIBRARY)
    let file = try scratch.write([0x7F, 0x45, 0x4C, 0x46, 0, 0, 0, 0], to: "broken")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    let error = #expect(throws: ExecutionError.self) {
      try AgentRunner(agentPath: file, sandbox: .rlimit).measure(MeasurementRequest(plan: plan))
    }
    #expect(error?.kind == .agentMissing)
    #expect(error?.description.contains("Exec format error") == true)
  }

  @Test func missingPlanIsNamed() throws {
    let agent = try scratch.program("exit 0")
    let error = #expect(throws: ExecutionError.self) {
      try AgentRunner(agentPath: agent, sandbox: .rlimit).measure(
        MeasurementRequest(plan: "/nowhere/model.ebplan"))
    }
    #expect(error?.kind == .file)
  }

  @Test func garbageIsShown() throws {
    let error = try failure("echo 'Segmentation \t fault, sort of'; sleep 9")
    #expect(error.kind == .agentBroken)
    #expect(error.description.hasPrefix("the agent said 'Segmentation . fault, sort of'; expected an event"))
  }

  @Test func anotherProtocolIsRefused() throws {
    #expect(
      try failure(#"echo '{"event":"hello","protocol":9,"build":"x","isa":"y"}'; sleep 9"#).kind
        == .wrongProtocol)
  }

  @Test(arguments: ["", #""plans":"1.2","#]) func agentOfAnotherBuildIsToldFromABrokenPlan(plans: String)
    throws
  {
    let error = try failure(
      #"echo '{"event":"hello","protocol":1,"build":"x",\#(plans)"isa":"y"}'; sleep 9"#)
    #expect(error.kind == .wrongProtocol)
    #expect(error.description.hasPrefix("the agent runs plans of "))
    #expect(error.description.hasSuffix("makes \(PlanRevision.own). Build both from one source."))
  }

  @Test func eventBeforeTheGreetingIsRefused() throws {
    #expect(try failure(#"echo '{"event":"loading"}'; sleep 9"#).kind == .agentBroken)
  }

  @Test func crashIsNamedBySignalAndPhase() throws {
    let error = try failure("\(Self.hello); echo '{\"event\":\"loading\"}'; kill -SEGV $$")
    #expect(error.description.contains("signal 11"))
    #expect(error.description.contains("in phase 'load'"))
  }

  @Test func earlyEndIsNamedWithItsLastWords() throws {
    let error = try failure("\(Self.hello); echo 'first line\nno such kernel' >&2; exit 5")
    #expect(
      error.description
        == "the agent ended with status 5 in phase 'start', before it was done: no such kernel.")
  }

  private static let run = """
    echo '{"event":"loading"}'
    echo '{"event":"loaded","load_ns":1,"arena_bytes":1,"state_bytes":1,"plan_bytes":1,"outputs":1}'
    echo '{"event":"first","first_inference_ns":1}'
    echo '{"event":"done"}'
    """

  @Test func companionRunsBesideAndIsGoneAfterwards() throws {
    let command = "echo $$ > \(scratch.path)/companion; sleep 60 & sleep 60"
    let measurement = try measure("\(Self.hello); \(Self.run)") { $0.beside = command }
    #expect(measurement.companion == Companion(command: command, ranToTheEnd: true))
    let text = try scratch.read("companion").trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(kill(try #require(Int32(text)), 0) != 0)
  }

  @Test func companionThatEndsBeforeTheMeasurementIsTold() throws {
    let measurement = try measure("\(Self.hello); sleep 1; \(Self.run)") { $0.beside = "sleep 0.8" }
    #expect(measurement.companion?.ranToTheEnd == false)
  }

  @Test func companionThatIsNotThereEndsTheRunWithItsName() throws {
    let error = #expect(throws: ExecutionError.self) {
      try measure("\(Self.hello); \(Self.run)") { $0.beside = "no-such-program --x" }
    }
    #expect(
      error?.description
        == "--beside 'no-such-program --x' ended at once (such a program is not there); expected a command that goes on."
    )
  }

  @Test func endlessLineEndsTheRun() throws {
    #expect(try failure("tr '\\0' x < /dev/zero").kind == .agentBroken)
  }

  @Test func moreSamplesThanAskedForEndTheRun() throws {
    let script = """
      \(Self.hello); echo '{"event":"loading"}'
      echo '{"event":"loaded","load_ns":1,"arena_bytes":1,"state_bytes":1,"plan_bytes":1,"outputs":1}'
      echo '{"event":"first","first_inference_ns":1}'
      while :; do echo '{"event":"samples","ns":[1,2,3]}'; done
      """
    let error = #expect(throws: ExecutionError.self) { try measure(script) { $0.maximumSamples = 100 } }
    #expect(error?.description == "the agent sent more than the 100 samples asked for.")
  }

  @Test(arguments: [
    (Outcome.Phase.start, "sleep 9"),
    (.load, #"echo '{"event":"loading"}'; sleep 9"#),
    (
      .firstInference,
      #"echo '{"event":"loading"}'; echo '{"event":"loaded","load_ns":1,"arena_bytes":1,"state_bytes":1,"plan_bytes":1,"outputs":1}'; sleep 9"#
    ),
  ]) func silenceEndsInATimeoutOfItsPhase(phase: Outcome.Phase, script: String) throws {
    let measurement = try measure("\(Self.hello); \(script)") {
      $0.timeouts.start = .milliseconds(phase == .start ? 200 : 5000)
      $0.timeouts.load = .milliseconds(200)
      $0.timeouts.firstInference = .milliseconds(200)
    }
    #expect(measurement.outcome == .timedOut(afterNanoseconds: 200_000_000, phase: phase))
  }

  @Test func agentThatClosesItsOutputButStaysIsKilled() throws {
    let start = ContinuousClock.now
    #expect(throws: ExecutionError.self) { try measure("\(Self.hello); exec >&- 2>&-; sleep 60") }
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test func childrenOfTheAgentDieWithIt() throws {
    let marker = "\(scratch.path)/child"
    let error = try failure("sleep 60 & echo $! > \(marker); echo nonsense; sleep 60")
    #expect(error.description.hasPrefix("the agent said 'nonsense'"))
    let child = try #require(Int32(try scratch.read("child").trimmingCharacters(in: .whitespacesAndNewlines)))
    var isAlive = true
    // Its new parent reaps it in its own time.
    for _ in 0..<200 where isAlive {
      isAlive = kill(child, 0) == 0 && OwnedName.startTime(of: child) != nil
      if isAlive { usleep(10_000) }
    }
    #expect(!isAlive)
  }

  @Test func agentDiesWithTheThreadThatStartedIt() async throws {
    let program = try scratch.program("echo $$ > \(scratch.path)/pid; exec sleep 60")
    let pid = "\(scratch.path)/pid"
    let process: AgentProcess = try await withCheckedThrowingContinuation { continuation in
      Thread {
        continuation.resume(
          with: Result {
            let process = try AgentProcess(
              program: program, folder: nil, confinement: ConfinementEntry(), environment: [:])
            for _ in 0..<500 where access(pid, F_OK) != 0 { usleep(10_000) }
            return process
          })
        // The thread ends without having waited.
      }.start()
    }
    let start = ContinuousClock.now
    let exit = process.finish(timeout: .seconds(30))
    #expect(exit.signal == SIGKILL)
    #expect(!process.isKilled, "it was the kernel that killed it")
    #expect(ContinuousClock.now - start < .seconds(30))
  }

  @Test func cancellingEndsTheRunFromAnotherThread() async throws {
    let runner = AgentRunner(agentPath: try scratch.program("\(Self.hello); sleep 60"), sandbox: .rlimit)
    let plan = plan
    let canceller = Thread {
      usleep(300_000)
      runner.cancel()
    }
    canceller.start()
    let error = #expect(throws: ExecutionError.self) { try runner.measure(MeasurementRequest(plan: plan)) }
    #expect(error?.kind == .cancelled)
    #expect(throws: ExecutionError.self) { try runner.measure(MeasurementRequest(plan: plan)) }
  }

  @Test func agentSeesOnlyItsOwnDescriptorsAndVariables() throws {
    setenv("EDGEBENCH_TEST_SECRET", "x", 1)
    _ = try failure("ls /proc/self/fd > \(scratch.path)/fds; env > \(scratch.path)/env; exit 1")
    // 3 is ls's own, of /proc/self/fd.
    #expect(try scratch.read("fds") == "0\n1\n2\n3\n")
    #expect(try !scratch.read("env").contains("SECRET"))
  }
}
