import Execution
import Foundation
import Records

/// What the last runs left of one host, beside its records: whether there is something to do.
struct HostStanding: Codable {
  /// The digest of everything that shaped `result`; `nil` before a first run that came to its end.
  var job: String?
  var result: HostResult?
  /// The records that the result rests on.
  var records: [String]?
  /// The last try, where that failed.
  var failure: HostResult?

  /// Whether a run of `job` would find nothing to do.
  func holds(for job: String, in folder: String) -> Bool {
    guard self.job == job, failure == nil, let result, let records, !records.isEmpty else { return false }
    return result.models.allSatisfy(\.isValid)
      && records.allSatisfy { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
  }

  struct File {
    var path: String

    /// An empty one where there is none, or none that can be read: then everything is to be done.
    func load() -> HostStanding {
      guard FileManager.default.fileExists(atPath: path),
        let data = try? BoundedFile.read(path, limit: 1 << 20, noun: "a fleet's standing"),
        let standing = try? HostResult.decoder.decode(HostStanding.self, from: data)
      else { return HostStanding() }
      return standing
    }

    func save(_ standing: HostStanding) throws(CommandFailure) {
      try failing(as: .runFailed) {
        try AtomicFile.write(HostResult.encoder.encode(standing) + Data("\n".utf8), to: path)
      }
    }
  }
}
