import Foundation
import RecordFixtures
import Records
import Statistics
import Testing

@Suite struct HostileRecordTests {
  /// The record's JSON with `old` replaced, which must occur.
  private func changed(_ old: String, _ new: String) throws -> Data {
    let text = String(decoding: try RunRecord.sample().json(), as: UTF8.self)
    try #require(text.contains(old))
    return Data(text.replacing(old, with: new, maxReplacements: 1).utf8)
  }

  private func problem(_ data: Data) throws -> String {
    let error = try #require(throws: RecordError.self) { try RunRecord(json: data, file: "a.json") }
    return error.description
  }

  @Test func messageNamesFileFieldFoundAndExpected() throws {
    #expect(
      try problem(changed("\"threads\" : 4,\n  \"tool\"", "\"threads\" : \"four\",\n  \"tool\""))
        == "a.json: threads is 'four'; expected a whole number.")
    #expect(
      try problem(changed("\"schema\" : 1", "\"schema\" : 2"))
        == "a.json: schema is 2; this edgebench reads 1. Update edgebench.")
    #expect(
      try problem(changed("\"mechanism\" : \"cgroup-v2\"", "\"mechanic\" : 1"))
        == "a.json: measurement.sandbox.mechanism is missing; expected a record of this edgebench.")
    #expect(
      try problem(changed("\"arena_bytes\" : 7340032,\n    \"first", "\"arena_bytes\" : -1,\n    \"first"))
        == "a.json: measurement.arena_bytes is -1; expected 0 to \(Int64.max / 1000).")
  }

  @Test(arguments: [
    "", "{", "[]", "null", "\u{0}\u{1}", "{\"schema\": 1}", "{\"schema\": 1e400}", "\"schema\"",
  ])
  func refusesWhatIsNoRecordInOneLine(text: String) throws {
    let message = try problem(Data(text.utf8))
    #expect(message.hasPrefix("a.json: "))
    #expect(!message.contains("\n"))
  }

  @Test func refusesDeepNestingAndHugeFiles() throws {
    _ = try problem(Data(String(repeating: "[", count: 200_000).utf8))
    #expect(try problem(Data(count: RunRecord.maximumFileSize + 1)).contains("of at most 16 MiB"))
  }

  @Test func refusesNumbersWithoutMeaning() throws {
    #expect(
      try problem(
        changed(
          "\"first_inference_ns\" : 55000000,\n    \"load", "\"first_inference_ns\" : 1e18,\n    \"load")
      ).contains("expected"))
    #expect(
      try problem(changed("\"threads\" : 4,\n  \"tool\"", "\"threads\" : 0,\n  \"tool\"")).contains(
        "1 to 4096"))
    #expect(
      try problem(changed("\"name\" : \"mobilenet_v2\"", "\"name\" : \"\"")).contains("model.name is empty"))
  }

  /// Every truncation and many single-byte changes either read or give one line: nothing traps.
  @Test func survivesTruncationAndFlippedBytes() throws {
    let data = try RunRecord.sample(samples: RunRecord.steady(median: 900).prefix(40).map { $0 }).json()
    for length in stride(from: 0, to: data.count, by: 7) {
      _ = try? RunRecord(json: data.prefix(length), file: "x")
    }
    let seed: UInt64 = 42
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<1500 {
      var bytes = [UInt8](data)
      bytes[generator.index(below: bytes.count)] = UInt8(generator.index(below: 256))
      guard let record = try? RunRecord(json: Data(bytes), file: "x") else { continue }
      _ = (record.validity, record.latency, record.key.fileName, record.environment?.stealShare)
    }
  }

  @Test func refusesEvidenceThatNoMeasurementHas() throws {
    #expect(
      try problem(changed("\"measured on board\"", "\"by definition\""))
        == "a.json: evidence is 'by definition'; expected how the figures were measured.")
  }

  @Test(arguments: [(0.0, 0.0, 0.0), (5, 6, 7), (5, 1, 1e300), (-1, -2, 1)])
  func refusesProjectionsWithoutMeaning(median: Double, lower: Double, upper: Double) throws {
    var record = RunRecord.sample()
    record.projection = Projection(latency: Projection.Band(median: median, lower: lower, upper: upper))
    #expect(try problem(record.json()).contains("projection.latency_ns"))
  }

  @Test func agentsMessageComesOutInOneShortLine() throws {
    let message = String(repeating: "x\n\u{1B}[2J", count: 2000)
    let reason = try #require(
      RunRecord.sample(samples: [], outcome: .failed(message: message)).validity.reasons.first)
    #expect(!reason.contains("\n") && !reason.contains("\u{1B}"))
    #expect(reason.count < 400)
  }
}
