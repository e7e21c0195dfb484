import Foundation
import LatencyModel
import Records

/// Steps that were timed on a machine, beside its profile: `x.steps.csv` for `x.yaml`.
enum StepStore {
  static func path(of profile: String) -> String {
    (profile as NSString).deletingPathExtension + ".steps.csv"
  }

  /// `nil` where the profile has none of `engine`.
  static func table(for profile: String, engine: String) throws(CommandFailure) -> StepTable? {
    let path = path(of: profile)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let table = try failing(as: .badInput) {
      let bytes = try BoundedFile.read(path, limit: 1 << 26, noun: "timed steps")
      return try StepTable(String(decoding: bytes, as: UTF8.self), path: path)
    }
    return table.engine == engine ? table : nil
  }
}
