import Foundation
import Testing

@testable import Execution

@Suite struct SweepTests {
  /// Above the largest process number that Linux gives (2^22): nobody's.
  let dead = OwnedName(processID: 4_194_305, startTime: 1, number: 7)

  @Test func namesAreReadBackAndNothingElseIs() {
    let name = OwnedName.next()
    #expect(OwnedName(parsing: name.text) == name)
    for text in [
      "edgebench-", "edgebench-1-2", "edgebench-1-2-3-4", "edgebench-01-2-3", "edgebench--1-2-3",
      "edgebench-x",
    ] {
      #expect(OwnedName(parsing: text) == nil, "\(text)")
    }
  }

  @Test func ownerWithAnotherStartTimeIsAnother() throws {
    var name = OwnedName.next()
    #expect(name.isOwnerAlive)
    name.startTime += 1
    #expect(!name.isOwnerAlive)
  }

  @Test func ownerThatOnlyWaitsToBeReapedIsDead() throws {
    let scratch = try Scratch()
    let process = try AgentProcess(
      program: try scratch.program("read line"), folder: nil, confinement: ConfinementEntry(),
      environment: [:])
    let name = OwnedName(
      processID: process.processID, startTime: try #require(OwnedName.startTime(of: process.processID)),
      number: 1)
    #expect(name.isOwnerAlive)
    process.kill()
    // Killed but not waited for: a zombie until `finish`.
    for _ in 0..<500 where name.isOwnerAlive { usleep(10_000) }
    #expect(!name.isOwnerAlive)
    _ = process.finish(timeout: .seconds(5))
  }

  @Test func deadOwnersCgroupsAndFoldersGoAndLivingOnesStay() throws {
    let fake = try FakeCgroups.legacy()
    let temporary = try Scratch()
    let living = OwnedName.next().text
    for name in [dead.text, living] {
      try fake.add("memory/\(name)/cgroup.procs", "")
      try fake.add("cpuset/\(name)/cgroup.procs", "")
      _ = try temporary.write("x", to: "\(name)/disk/model.ebplan")
    }
    _ = try temporary.write("x", to: "edgebench-notes/keep")
    let removed = Sweep.run(host: fake.host(), temporary: temporary.path)
    #expect(removed.count == 3)
    #expect(removed.allSatisfy { $0.hasSuffix(dead.text) })
    let left = try FileManager.default.contentsOfDirectory(atPath: temporary.path)
    #expect(left.sorted() == [living, "edgebench-notes"].sorted())
  }

  @Test func symbolicLinkIsNotFollowed() throws {
    let temporary = try Scratch()
    _ = try temporary.write("x", to: "precious/file")
    try FileManager.default.createSymbolicLink(
      atPath: "\(temporary.path)/\(dead.text)", withDestinationPath: "\(temporary.path)/precious")
    Sweep.run(host: try FakeCgroups().host(), temporary: temporary.path)
    #expect(try temporary.read("precious/file") == "x")
  }

  @Test func everythingIsTakenAwayOnTheWayOut() throws {
    let cleanup = Cleanup()
    let scratch = try Scratch()
    let file = try scratch.write("x", to: "file")
    cleanup.add("a") { unlink(file) }
    cleanup.add("b") { #expect(access(file, F_OK) == 0, "the newest goes first") }
    cleanup.everything()
    cleanup.everything()
    #expect(access(file, F_OK) != 0)
    let late = try scratch.write("x", to: "late")
    cleanup.add("c") { unlink(late) }
    #expect(access(late, F_OK) != 0, "what comes too late is taken away at once")
  }
}
