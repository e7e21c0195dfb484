import Foundation
import Records
import Testing
import Units

@testable import Execution

/// The agent that was built beside the tests, in the strictest sandbox that this host allows.
@Suite(.serialized) struct RealAgentTests {
  let scratch: Scratch
  let runner = AgentRunner(agentPath: Host.agent, sandbox: Host.sandbox)

  init() throws { scratch = try Scratch() }

  private func request(_ plan: TestPlan, memory: ByteCount? = nil) throws -> MeasurementRequest {
    var request = MeasurementRequest(plan: try scratch.write(plan.bytes, to: "model.ebplan"))
    request.limits = ResourceLimits(memory: memory, cores: 1)
    request.samples = 50
    request.maximumSamples = 50
    request.budget = .seconds(5)
    return request
  }

  @Test func everyFigureIsMeasured() throws {
    var request = try request(TestPlan(count: 1000, steps: 3, padding: 1 << 20), memory: .mebibytes(64))
    request.profileRuns = 5
    var updates: [MeasurementProgress] = []
    let measurement = try runner.measure(request) { updates.append($0) }
    #expect(measurement.outcome == .completed)
    #expect(measurement.samplesNanoseconds.count == 50)
    #expect(measurement.samplesNanoseconds.allSatisfy { $0 > 0 })
    #expect(measurement.arenaBytes == 8064)  // two buffers of 4000 bytes, in steps of 64
    #expect(measurement.steps?.map(\.name) == ["clamp", "clamp", "clamp"])
    #expect(try #require(measurement.loadNanoseconds) > 0)
    #expect(try #require(measurement.firstInferenceNanoseconds) > 0)
    #expect(measurement.majorFaults == 0)
    let load = try #require(measurement.loadPeakMemoryBytes)
    let peak = try #require(measurement.peakMemoryBytes)
    #expect(load > 1 << 20, "the plan's own pages are resident after its checksum was verified")
    #expect(peak >= load)
    #expect(measurement.sandbox.mechanism == Host.sandbox.mechanism.rawValue)
    #expect(measurement.agent?.digest.count == 64)
    #expect(updates.first?.phase == .starting)
    #expect(updates.contains { $0.phase == .sampling && $0.samples == 50 && $0.fraction == 1 })
    #expect(Host.leftovers() == [])
  }

  @Test func needBeyondTheLimitEndsInAKillAndIsAResult() throws {
    guard Host.hasCgroup else {
      return print("skipped: this user may not make a cgroup with a memory limit here")
    }
    // Two buffers of 32 MiB, touched by the first inference, in 24 MiB.
    let measurement = try runner.measure(try request(TestPlan(count: 8 << 20), memory: .mebibytes(24)))
    guard case .outOfMemory(let limit, let peak, let phase) = measurement.outcome else {
      return #expect(Bool(false), "\(measurement.outcome)")
    }
    #expect(limit == 24 << 20)
    #expect(phase == .firstInference)
    // The kernel charges in batches of pages: the peak may stay a little below the limit, and never exceeds it.
    #expect(try #require(peak) <= 24 << 20)
    #expect(try #require(peak) > 20 << 20)
    #expect(measurement.arenaBytes == 64 << 20, "what was known before the kill is kept")
    #expect(Host.leftovers() == [])
    let next = try runner.measure(try self.request(TestPlan(), memory: .mebibytes(24)))
    #expect(next.outcome == .completed, "the next run is not disturbed")
  }

  @Test func planLargerThanTheLimitIsLoadedPageByPage() throws {
    guard Host.hasCgroup else {
      return print("skipped: this user may not make a cgroup with a memory limit here")
    }
    // 16 MiB of constants, read once while loading, in 8 MiB: the kernel gives pages of the file back.
    let measurement = try runner.measure(try request(TestPlan(padding: 16 << 20), memory: .mebibytes(8)))
    #expect(measurement.outcome == .completed)
    if measurement.loadedCold == true {
      #expect(try #require(measurement.sandbox.chargedPeakBytes) > 6 << 20)
    }
  }

  @Test func needBeyondTheAddressSpaceIsAResultToo() throws {
    let runner = AgentRunner(agentPath: Host.agent, sandbox: .rlimit)
    let measurement = try runner.measure(try request(TestPlan(count: 8 << 20), memory: .mebibytes(24)))
    #expect(measurement.outcome == .outOfMemory(limitBytes: 24 << 20, peakBytes: nil, phase: .load))
    #expect(measurement.sandbox.notEnforced.contains { $0.hasPrefix("resident memory: ") })
  }

  @Test func limitOfOnePageEndsAtTheStart() throws {
    for sandbox in [Host.sandbox, .rlimit] {
      let runner = AgentRunner(agentPath: Host.agent, sandbox: sandbox)
      let measurement = try runner.measure(try request(TestPlan(), memory: ByteCount(bytes: Int64(4096))))
      guard case .outOfMemory(4096, _, .start) = measurement.outcome else {
        return #expect(Bool(false), "\(sandbox.mechanism): \(measurement.outcome)")
      }
    }
  }

  @Test func modelBelowTheLimitRunsUnderRlimits() throws {
    let runner = AgentRunner(agentPath: Host.agent, sandbox: .rlimit)
    let measurement = try runner.measure(try request(TestPlan(count: 1 << 20), memory: .mebibytes(24)))
    #expect(measurement.outcome == .completed)
  }

  @Test func loadIsColdWhereThePagesCouldBeDropped() throws {
    let measurement = try runner.measure(try request(TestPlan(padding: 8 << 20)))
    if measurement.loadedCold == false { print("note: the temporary folder keeps its pages (tmpfs?)") }
    #expect(measurement.loadedCold != nil, "the plan is this user's own file")
  }

  @Test func throttledDiskSlowsAColdLoad() throws {
    var request = try request(TestPlan(padding: 8 << 20))
    request.limits.diskRead = .megabytesPerSecond(10)
    let measurement = try runner.measure(request)
    guard measurement.sandbox.diskReadBytesPerSecond == 10_000_000, measurement.loadedCold == true else {
      return print("skipped: the plan's disk cannot be throttled here, or its pages not dropped")
    }
    // 8.4 MB at 10 MB/s take 0.84 s; the kernel lets a slice of some 100 ms through before it counts.
    #expect(try #require(measurement.loadNanoseconds) > 500_000_000)
  }

  @Test func planThatDoesNotFitTheDiskIsAResult() throws {
    var request = try request(TestPlan(padding: 1 << 20))
    let agentBytes = try #require(
      FileManager.default.attributesOfItem(atPath: Host.agent)[.size] as? Int64)
    request.limits.disk = ByteCount(bytes: agentBytes + 1 << 20)
    guard case .outOfDisk(let limit, let needed) = try runner.measure(request).outcome else {
      return #expect(Bool(false))
    }
    #expect(needed > limit)
    request.limits.disk = ByteCount(bytes: agentBytes + 2 << 20)
    let measurement = try runner.measure(request)
    #expect(measurement.outcome == .completed)
    #expect(measurement.sandbox.diskMechanism == (Host.isRoot ? "tmpfs" : "accounted"))
    #expect(Host.leftovers() == [])
  }

  @Test func agentAloneInfersWithoutTheTimer() throws {
    let agent = "\(scratch.path)/edgebench-agent"
    try FileManager.default.copyItem(atPath: Host.agent, toPath: agent)
    let runner = AgentRunner(agentPath: agent, sandbox: Host.sandbox)
    let plan = try scratch.write(TestPlan(count: 4).bytes, to: "model.ebplan")
    let result = try runner.infer(InferenceRequest(plan: plan, outputFolder: scratch.path))
    #expect(result.outcome == .completed)
  }

  @Test func brokenPlanIsAFailureInTheAgentsWords() throws {
    var request = try request(TestPlan())
    request.plan = try scratch.write(
      "not a plan, but long enough to hold a header of a plan".utf8 + [UInt8](repeating: 0, count: 400),
      to: "broken.ebplan")
    guard case .failed(let message) = try runner.measure(request).outcome else { return #expect(Bool(false)) }
    #expect(message.hasPrefix("load: plan: "))
  }

  @Test func budgetEndsSamplingOfASlowModel() throws {
    // Some 10 ms an inference in a debug build or a release one: 1000 would take 10 s.
    var request = try request(TestPlan(count: 1 << 20, steps: 20))
    request.samples = 100_000
    request.maximumSamples = 100_000
    request.budget = .milliseconds(500)
    let start = ContinuousClock.now
    let measurement = try runner.measure(request)
    #expect(measurement.outcome == .completed)
    #expect(measurement.samplesNanoseconds.count >= 1)
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func inferenceWritesItsOutputs() throws {
    let values: [Float] = [-3, -0.5, 0.25, 7]
    let plan = try scratch.write(TestPlan(count: 4).bytes, to: "model.ebplan")
    let input = try scratch.write(values.withUnsafeBytes { Array($0) }, to: "in.raw")
    var request = InferenceRequest(plan: plan, outputFolder: scratch.path)
    request.inputs = [.file(input)]
    let result = try runner.infer(request)
    #expect(result.outcome == .completed)
    #expect(result.outputs == ["\(scratch.path)/0.raw"])
    let bytes = try Data(contentsOf: URL(fileURLWithPath: result.outputs[0]))
    let outputs = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    #expect(outputs == [-1, -0.5, 0.25, 1])
  }

  @Test func inputOfTheWrongSizeIsAFailure() throws {
    let plan = try scratch.write(TestPlan(count: 4).bytes, to: "model.ebplan")
    var request = InferenceRequest(plan: plan, outputFolder: scratch.path)
    request.inputs = [.file(try scratch.write([1, 2, 3], to: "in.raw"))]
    #expect(
      try runner.infer(request).outcome
        == .failed(message: "load: input 0: 3 bytes long; the plan expects 16"))
  }
}
