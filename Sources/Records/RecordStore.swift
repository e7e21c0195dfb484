import Foundation

/// A folder of records, one file each. A record is written whole or not at all, and one that cannot be read
/// harms no other.
public struct RecordStore: Sendable {
  public let directory: String

  /// Nothing is created before the first record is saved.
  public init(directory: String) { self.directory = directory }

  public func path(of key: RecordKey) -> String { join(directory, key.fileName) }

  /// Writes `record` to a temporary file beside its place, syncs it and renames it over an older record.
  ///
  /// - Returns: The file's path.
  /// - Throws: ``RecordError``; then an older record of the configuration is still there, whole.
  @discardableResult
  public func save(_ record: RunRecord) throws(RecordError) -> String {
    let path = path(of: record.key)
    let data: Data
    do {
      data = try record.json()
    } catch {
      throw RecordError(file: path, problem: "cannot be written: a figure is not a finite number")
    }
    guard data.count <= RunRecord.maximumFileSize else {
      throw RecordError(file: path, problem: "cannot be written: more samples than a record holds")
    }
    try AtomicFile.write(data, to: path)
    return path
  }

  public enum Lookup: Sendable {
    /// It stands for the run that was asked for.
    case current(RunRecord)
    /// There is one, but the run must be made again; why, in words.
    case stale(why: String)
    case none
  }

  /// Looks for a record that makes a run of `key` needless.
  public func find(_ key: RecordKey) -> Lookup {
    let path = path(of: key)
    guard FileManager.default.fileExists(atPath: path) else { return .none }
    do {
      let record = try Self.load(path)
      return record.staleness(against: key).map { .stale(why: $0) } ?? .current(record)
    } catch {
      return .stale(why: error.description)
    }
  }

  /// Reads one record.
  public static func load(_ path: String) throws(RecordError) -> RunRecord {
    try RunRecord(json: BoundedFile.read(path, limit: RunRecord.maximumFileSize), file: path)
  }

  public struct Contents: Sendable {
    /// Sorted by file.
    public var records: [(file: String, record: RunRecord)] = []
    /// One a file that could not be read; all others are in `records`.
    public var problems: [RecordError] = []
  }

  /// Folders below the store's that are looked into, and files read, at most.
  static let maximumDepth = 4
  static let maximumFiles = 10_000

  /// Every record in the folder and below it, such as `results/rpi4`.
  ///
  /// - Throws: ``RecordError`` if the folder cannot be listed.
  public func loadAll() throws(RecordError) -> Contents {
    var contents = Contents()
    var files: [String] = []
    try list(directory, depth: 0, into: &files, problems: &contents.problems)
    for file in files.sorted() {
      do {
        contents.records.append((file, try Self.load(file)))
      } catch {
        contents.problems.append(error)
      }
    }
    return contents
  }

  private func list(
    _ folder: String, depth: Int, into files: inout [String], problems: inout [RecordError]
  ) throws(RecordError) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw RecordError(file: folder, problem: "cannot be listed; expected a folder of records")
    }
    for name in names.sorted() where !name.hasPrefix(".") {
      let path = join(folder, name)
      if name.hasSuffix(RecordKey.fileSuffix) {
        guard files.count < Self.maximumFiles else {
          throw RecordError(
            file: folder, problem: "holds more than \(Self.maximumFiles) records; name a folder below it")
        }
        files.append(path)
      } else if depth < Self.maximumDepth, BoundedFile.isDirectory(path) {
        do { try list(path, depth: depth + 1, into: &files, problems: &problems) } catch {
          problems.append(error)
        }
      }
    }
  }

  private func join(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}
