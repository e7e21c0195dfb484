import Foundation
import Testing

/// `edgebench fleet` with a program in Ansible's place: what is made of what it says. The real one: `make test-fleet`.
@Suite struct FleetTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.write(TestModels.classifier(), to: "m.tflite")
    try scratch.write("all: {hosts: {a: {}, b: {}}}\n", to: "inventory.yml")
  }

  /// - Parameter script: What stands in for ansible-playbook.
  private func run(_ script: String, _ arguments: [String] = []) throws -> EdgebenchProcess.Result {
    try scratch.write("#!/bin/sh\n\(script)\n", to: "ansible-playbook")
    let program = "\(scratch.path)/ansible-playbook"
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    return try EdgebenchProcess.run(
      ["fleet", "run", "-i", "inventory.yml", "--model", "m.tflite"] + arguments, in: scratch,
      environment: [
        "EDGEBENCH_ANSIBLE": program,
        "EDGEBENCH_PLAYBOOKS": "\(EdgebenchProcess.repository)/share/edgebench/ansible",
      ])
  }

  private func event(_ json: String) -> String { "echo '\(json)'" }

  private let done =
    #"{"event":"worked","host":"a","said":"{\"host\":\"a\",\"outcome\":\"done\",\"date\":\"2026-11-24T03:00:00Z\",\"models\":[],\"warnings\":[]}"}"#

  @Test func failedHostIsNamedWithItsReasonAndTheOthersStand() throws {
    let result = try run(
      [
        event(#"{"event":"started","host":"a"}"#), event(#"{"event":"started","host":"b"}"#), event(done),
        event(#"{"event":"failed","host":"b","reason":"its storage is full"}"#),
        event(#"{"event":"ended","hosts":["a"]}"#), "exit 2",
      ].joined(separator: "\n"))
    #expect(result.status == 3)
    #expect(result.output.contains("a     done"))
    #expect(result.errors.contains("warning: b failed: its storage is full\n"))
    #expect(
      result.errorLines == ["error: 1 of 2 hosts failed. The same command tries them again, and no other."])
    #expect(try scratch.read("results/b/fleet.json").contains("its storage is full"))
  }

  @Test func hostOfWhichNothingIsHeardHasFailed() throws {
    let result = try run(
      [event(#"{"event":"started","host":"a"}"#), event(#"{"event":"ended","hosts":[]}"#)].joined(
        separator: "\n"))
    #expect(result.status == 3)
    #expect(result.errors.contains("a failed: Ansible ended before it was done"))
  }

  @Test func nameThatLeadsElsewhereMakesNoFile() throws {
    let failure = event(#"{"event":"failed","host":"../../escaped","reason":"x"}"#)
    let result = try run(failure + "\n" + event(#"{"event":"ended"}"#))
    #expect(result.status == 3)
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/../escaped"))
    #expect(scratch.files(in: "results") == [".fleet.lock"])
  }

  @Test func ansiblesOwnErrorIsPassedOnInOneLine() throws {
    try run("echo '[ERROR]: the inventory is broken' >&2; exit 4").expectOneLine(
      status: 3, "ended with status 4", "the inventory is broken")
  }

  @Test(arguments: [
    "yes yes yes yes yes yes yes yes yes yes yes", "head -c 3000000 /dev/zero",
    "echo '{}'; echo 'null'; echo '[1]'",
  ])
  func programThatIsNoAnsibleIsRefused(script: String) throws {
    let result = try run("(\(script)) | head -c 2000000; exit 1")
    #expect(result.status == 3)
    #expect(result.errorLines.count == 1)
  }

  @Test func noHostsIsBadInput() throws {
    try run(event(#"{"event":"no_hosts"}"#), ["--hosts", "nowhere"]).expectOneLine(
      status: 2, "no host matches 'nowhere'")
  }

  @Test func whatEveryHostWouldRefuseIsRefusedOnce() throws {
    try run("exit 0", ["--latency", "fast"]).expectOneLine(status: 2, "fast")
    try run("exit 0", ["--forks", "0"]).expectOneLine(status: 2, "--forks is 0; expected 1 to 1000")
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/results"))
  }

  @Test func absentAnsibleIsSaidWithItsCure() throws {
    try EdgebenchProcess.run(
      ["fleet", "run", "-i", "inventory.yml", "--model", "m.tflite"], in: scratch,
      environment: ["PATH": "/nonexistent", "HOME": "/nonexistent"]
    ).expectOneLine(status: 3, "apt install ansible-core")
  }

  @Test func absentInventoryIsBadInput() throws {
    try EdgebenchProcess.run(
      ["fleet", "status", "-i", "nowhere.yml"], in: scratch
    ).expectOneLine(status: 2, "nowhere.yml: cannot be read")
  }

  @Test func workerWithoutAHostSaysSo() throws {
    try EdgebenchProcess.run(
      ["fleet", "worker", "-i", "x", "--model", "m.tflite"], in: scratch
    ).expectOneLine(status: 2, "did not say which host")
  }

  @Test func nightlyTimeIsATime() throws {
    try EdgebenchProcess.run(
      [
        "fleet", "sampler", "install", "-i", "inventory.yml", "--model", "m.tflite", "--time",
        "daily\nExecStart=x",
      ],
      in: scratch
    ).expectOneLine(status: 2, "expected a time such as '03:00'")
  }
}
