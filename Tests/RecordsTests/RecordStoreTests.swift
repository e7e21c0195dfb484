import Foundation
import RecordFixtures
import Testing

@testable import Records

@Suite final class RecordStoreTests {
  private let folder = FileManager.default.temporaryDirectory.path + "/records-\(UUID().uuidString)"
  private var store: RecordStore { RecordStore(directory: folder) }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  @Test func findsWhatASecondRunNeedNotRepeat() throws {
    let record = RunRecord.sample()
    #expect(isNone(store.find(record.key)))
    let path = try store.save(record)
    #expect(path == "\(folder)/\(record.key.fileName)")
    guard case .current(let found) = store.find(record.key) else {
      Issue.record("expected the record that was saved")
      return
    }
    #expect(found == record)
  }

  private func isNone(_ lookup: RecordStore.Lookup) -> Bool { if case .none = lookup { true } else { false } }

  @Test func saysWhyARecordIsStale() throws {
    let record = RunRecord.sample()
    try store.save(record)
    var rebuilt = record.key
    rebuilt.agentDigest = "3d"
    var profiled = record.key
    profiled.profile.digest = "4e"
    var updated = record.key
    updated.tool = "0.2.0"
    for (key, expected) in [
      (rebuilt, "the agent was rebuilt"), (profiled, "the profile changed"), (updated, "edgebench changed"),
    ] {
      guard case .stale(let why) = store.find(key) else {
        Issue.record("expected a stale record")
        continue
      }
      #expect(why == expected)
    }
  }

  @Test func invalidRunIsNotReused() throws {
    let record = RunRecord.sample(samples: [5, 5, 5])
    try store.save(record)
    guard case .stale(let why) = store.find(record.key) else {
      Issue.record("expected a stale record")
      return
    }
    #expect(why == "it is INVALID")
  }

  @Test func everythingThatTellsTwoRunsApartTellsTheirFilesApart() {
    let base = RunRecord.sample().key
    var keys = [base]
    for change: (inout RecordKey) -> Void in [
      { $0.model.sha256 = "9" }, { $0.profile.id = "rpi5" }, { $0.configuration.variant = "int8-static" },
      { $0.configuration.engine = "onnxruntime" }, { $0.configuration.threads = 1 },
      { $0.configuration.precision = "f16" }, { $0.inputs = "5f" },
    ] {
      var key = base
      change(&key)
      keys.append(key)
    }
    #expect(Set(keys.map(\.fileName)).count == keys.count)
    var newer = base
    newer.agentDigest = "other"
    newer.profile.digest = "other"
    // A newer run replaces the older.
    #expect(newer.fileName == base.fileName)
  }

  @Test func namesThatAreCutStillTellFilesApart() {
    var first = RunRecord.sample().key
    first.model.name = String(repeating: "a", count: 48) + "b"
    first.profile.id = "c"
    var second = first
    second.model.name = String(repeating: "a", count: 48)
    second.profile.id = "bc"
    #expect(first.fileName != second.fileName)
  }

  @Test func hostileNamesStayInsideTheFolder() throws {
    var record = RunRecord.sample(variant: "../../etc/passwd")
    record.model.name = "../\u{0}\n/" + String(repeating: "x", count: 3000)
    let path = try store.save(record)
    #expect(path.split(separator: "/").count == folder.split(separator: "/").count + 1)
    #expect(path.utf8.allSatisfy { (0x21...0x7E).contains($0) })
    #expect(try store.loadAll().records.map(\.record) == [record])
  }

  @Test func oneBadRecordIsReportedAndLosesNoOther() throws {
    let good = [RunRecord.sample(), .sample(variant: "int8-static"), .sample(threads: 1)]
    for record in good { try store.save(record) }
    let bad = "\(folder)/broken\(RecordKey.fileSuffix)"
    try Data("{\"schema\": 1, \"date\"".utf8).write(to: URL(fileURLWithPath: bad))
    try FileManager.default.createDirectory(
      atPath: "\(folder)/folder\(RecordKey.fileSuffix)", withIntermediateDirectories: true)
    let contents = try store.loadAll()
    #expect(contents.records.count == 3)
    #expect(contents.problems.count == 2)
    #expect(
      contents.problems.contains {
        $0.description == "\(bad): is not JSON; expected a record. Delete it and measure again."
      })
    #expect(FileManager.default.fileExists(atPath: bad))
  }

  @Test func looksIntoFoldersBelow() throws {
    try RecordStore(directory: "\(folder)/rpi4").save(.sample())
    try RecordStore(directory: "\(folder)/rpi5").save(.sample(threads: 2))
    #expect(try store.loadAll().records.count == 2)
  }

  @Test func pipeIsRefusedWithoutWaiting() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let pipe = "\(folder)/pipe\(RecordKey.fileSuffix)"
    try #require(mkfifo(pipe, 0o600) == 0)
    #expect(throws: RecordError.self) { try RecordStore.load(pipe) }
  }

  @Test func sparseGiantIsRefusedUnread() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let giant = "\(folder)/giant\(RecordKey.fileSuffix)"
    try #require(FileManager.default.createFile(atPath: giant, contents: nil))
    try #require(truncate(giant, 10 << 30) == 0)
    let error = try #require(throws: RecordError.self) { try RecordStore.load(giant) }
    #expect(error.problem == "is 10 GiB; expected a record, of at most 16 MiB")
  }

  @Test func failedWriteKeepsTheOlderRecordAndLeavesNothingBehind() throws {
    let record = RunRecord.sample()
    let path = try store.save(record)
    // A name that is too long for the file system fails after the folder was made.
    let error = try #require(throws: RecordError.self) {
      try AtomicFile.write(Data("x".utf8), to: "\(folder)/\(String(repeating: "n", count: 300))")
    }
    #expect(error.description.contains("cannot be written"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder) == [(path as NSString).lastPathComponent])
    #expect(try RecordStore.load(path) == record)
  }

  @Test func fullDiskIsOneClearLine() throws {
    let full = open("/dev/full", O_WRONLY)
    try #require(full >= 0)
    defer { close(full) }
    let code = AtomicFile.writeAll(Data("x".utf8), to: full)
    #expect(code == ENOSPC)
    #expect(
      AtomicFile.failure("results/a.json", code).description
        == "results/a.json: cannot be written: No space left on device. Free some space and run the same command again: earlier results are kept."
    )
  }

  @Test func folderThatCannotBeMadeIsOneClearLine() throws {
    let error = try #require(throws: RecordError.self) {
      try AtomicFile.write(Data("x".utf8), to: "/dev/null/record.json")
    }
    #expect(error.description == "/dev/null: cannot be made a folder; name another with --output.")
  }

  @Test func temporaryFilesOfDeadProcessesAreSwept() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // No process has the largest number; this process has its own.
    let dead = "\(folder)/\(AtomicFile.prefix)\(Int32.max).1"
    let own = "\(folder)/\(AtomicFile.prefix)\(getpid()).1"
    for path in [dead, own] { try #require(FileManager.default.createFile(atPath: path, contents: nil)) }
    try store.save(.sample())
    #expect(!FileManager.default.fileExists(atPath: dead))
    #expect(FileManager.default.fileExists(atPath: own))
  }
}
