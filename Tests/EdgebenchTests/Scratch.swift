import Foundation
import TestSupport
import Testing

/// A folder for one test, removed when the test ends; it must be the only place that the program leaves anything in.
final class Scratch: Sendable {
  let path: String
  /// The program's folder for temporary files.
  var temporary: String { path + "/tmp" }

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/edgebench-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path + "/tmp", withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    return name
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String { try write(Array(text.utf8), to: name) }

  func read(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }

  /// Files below a folder, by their paths in it.
  func files(in name: String) -> [String] {
    (FileManager.default.subpaths(atPath: "\(path)/\(name)") ?? []).sorted()
  }

  /// The records below `results`, by their paths in it.
  var records: [String] { files(in: "results").filter { $0.hasSuffix(".record.json") } }

  /// Whether a record is VALID: one that the machine's other work has disturbed is not, and is measured again.
  func isValid(_ record: String) throws -> Bool {
    (try object(record)?["validity"] as? [String: Any])?["status"] as? String == "VALID"
  }

  /// What was measured: no two runs have the same times.
  func samples(_ record: String) throws -> [Int] {
    let measurement = try object(record)?["measurement"] as? [String: Any]
    return try #require(measurement?["samples_ns"] as? [Int])
  }

  private func object(_ record: String) throws -> [String: Any]? {
    try JSONSerialization.jsonObject(with: Data(read("results/\(record)").utf8)) as? [String: Any]
  }

  /// What the program has left in its temporary folder.
  var leftovers: [String] { files(in: "tmp") }
}
