import Foundation
import Records

/// The records below a folder, or the one in a file, as `report`, `compare` and `gate` read them.
enum RecordFolder {
  /// Reads what can be read; what cannot is a warning each.
  ///
  /// - Throws: ``CommandFailure`` where there is no record at all.
  static func load(_ path: String) throws(CommandFailure) -> [RunRecord] {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue {
      return [try failing(as: .badInput) { try RecordStore.load(path) }]
    }
    let contents = try failing(as: .badInput) { try RecordStore(directory: path).loadAll() }
    for problem in contents.problems { Terminal.warning("\(problem) It is left out.") }
    guard !contents.records.isEmpty else {
      throw .badInput(
        "\(path): holds no record that can be read; expected files named *\(RecordKey.fileSuffix), as 'edgebench run' leaves them."
      )
    }
    return contents.records.map(\.record)
  }
}
