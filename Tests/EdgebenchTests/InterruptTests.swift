import Foundation
import Testing

/// Ctrl-C in the middle of something: status 3, one line, nothing left behind, and what was finished is kept.
@Suite(.serialized) struct InterruptTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    for name in ["a", "b"] { try scratch.write(TestModels.classifier(), to: "\(name).tflite") }
  }

  /// Every variant of two models: some seconds.
  private let campaign =
    ["--profile", "rpi4", "--sweep"] + ["a", "b"].flatMap { ["--model", "\($0).tflite"] }

  private func wait(_ what: String, until isDone: () -> Bool) {
    let deadline = ContinuousClock.now + .seconds(60)
    while !isDone() {
      guard ContinuousClock.now < deadline else {
        Issue.record("no \(what) within a minute")
        return
      }
      usleep(2000)
    }
  }

  /// Cgroups, mounts and processes that name the process `id`.
  private func traces(of id: Int32) throws -> [String] {
    let name = "edgebench-\(id)-"
    var found: [String] = []
    for folder in ["", "/unified", "/memory", "/cpuset", "/blkio"] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "/sys/fs/cgroup" + folder)) ?? []
      found += names.filter { $0.hasPrefix(name) }
    }
    let mounts = try String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)
    return found + mounts.split(separator: "\n").map(String.init).filter { $0.contains(scratch.path) }
  }

  @Test(arguments: [SIGINT, SIGTERM]) func aCampaignEndsCleanlyAndGoesOn(signal: Int32) throws {
    let running = try EdgebenchProcess.start(campaign, in: scratch)
    let id = running.process.processIdentifier
    wait("record") { !scratch.records.isEmpty }
    // Into the next measurement.
    usleep(100_000)
    kill(id, signal)
    let result = try running.finish()
    result.expectOneLine(
      status: 3, "Interrupted. What was measured is kept; the same command goes on from there.")
    #expect(scratch.leftovers == [])
    #expect(try traces(of: id) == [])
    let kept = scratch.records
    #expect(kept.count >= 1 && kept.count < 10)
    for file in kept {
      let object = try JSONSerialization.jsonObject(with: Data(scratch.read("results/\(file)").utf8))
      #expect((object as? [String: Any])?["schema"] as? Int == 1)
    }
    guard signal == SIGINT else { return }
    let valid = try kept.filter { try scratch.isValid($0) }
    let before = try valid.map { try scratch.samples($0) }
    let again = try EdgebenchProcess.run(campaign, in: scratch)
    #expect(again.status == 0)
    #expect(scratch.records.count > kept.count)
    #expect(try valid.map { try scratch.samples($0) } == before)
  }

  @Test func aKilledCampaignIsSweptByTheNext() throws {
    let running = try EdgebenchProcess.start(campaign, in: scratch)
    let id = running.process.processIdentifier
    wait("temporary folder") { !scratch.leftovers.isEmpty }
    wait("record") { !scratch.records.isEmpty }
    kill(id, SIGKILL)
    let result = try running.finish()
    #expect(result.status == nil)
    #expect(!scratch.leftovers.isEmpty, "a killed process cannot tidy up")
    let next = try EdgebenchProcess.run(
      ["--profile", "rpi4", "--model", "a.tflite", "--latency", "1s"], in: scratch)
    #expect(next.status == 0)
    #expect(scratch.leftovers == [])
    #expect(try traces(of: id) == [])
  }

  @Test func aMeasurementOfThisMachineEndsCleanly() throws {
    // Some ten milliseconds an inference: a minute does not reach the most samples that are taken.
    try scratch.write(TestModels.hungry(), to: "slow.tflite")
    let running = try EdgebenchProcess.start(["measure", "slow.tflite", "--seconds", "60"], in: scratch)
    wait("temporary folder") { !scratch.leftovers.isEmpty }
    usleep(500_000)
    kill(running.process.processIdentifier, SIGINT)
    try running.finish().expectOneLine(status: 3, "Interrupted. Nothing was kept.")
    #expect(scratch.leftovers == [])
  }
}
