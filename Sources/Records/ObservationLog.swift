internal import Foundation

/// A device's history: one file of JSON Lines, an observation a line, the oldest first.
///
/// Nothing is lost, save by the bound, which spares the first of each subject; nothing is there twice.
public struct ObservationLog: Sendable {
  public let path: String
  /// What is kept, at most: thirty years of nights.
  let maximumCount: Int

  static let maximumFileSize = 32 << 20

  public init(path: String, maximumCount: Int = 10_000) {
    self.path = path
    self.maximumCount = maximumCount
  }

  public struct Contents: Sendable, Equatable {
    public var observations: [Observation] = []
    /// One a line that could not be read; all others are in `observations`.
    public var problems: [RecordError] = []
  }

  /// Reads the history; an absent file is an empty one.
  ///
  /// - Throws: ``RecordError`` where there is a file that cannot be read at all.
  public func load() throws(RecordError) -> Contents {
    guard FileManager.default.fileExists(atPath: path) else { return Contents() }
    let data = try BoundedFile.read(path, limit: Self.maximumFileSize, noun: "a history")
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    var contents = Contents()
    var seen: Set<Observation.Identity> = []
    for (index, line) in data.split(separator: 0x0A).enumerated() {
      guard let observation = try? decoder.decode(Observation.self, from: Data(line)),
        observation.isPlausible
      else {
        contents.problems.append(
          RecordError(file: path, problem: "line \(index + 1) is not an observation; it is left out"))
        continue
      }
      if seen.insert(observation.identity).inserted { contents.observations.append(observation) }
    }
    return contents
  }

  /// Adds what is not there yet, and writes the file whole.
  ///
  /// - Returns: How many were new.
  /// - Throws: ``RecordError``; then the old history is still there.
  @discardableResult
  public func merge(_ added: some Sequence<Observation>) throws(RecordError) -> Int {
    let contents = try load()
    // A line that cannot be read today may be another version's: it is not written over.
    if let problem = contents.problems.first {
      throw RecordError(
        file: path, problem: "\(problem.problem). Repair that line, or move the file away, and run again")
    }
    var observations = contents.observations
    var seen = Set(observations.map(\.identity))
    let fresh = added.filter { seen.insert($0.identity).inserted }
    guard !fresh.isEmpty else { return 0 }
    observations += fresh
    observations.sort { $0.date < $1.date }
    try AtomicFile.write(Self.lines(bounded(observations), file: path), to: path)
    return fresh.count
  }

  private func bounded(_ observations: [Observation]) -> [Observation] {
    guard observations.count > maximumCount else { return observations }
    var surplus = observations.count - maximumCount
    var subjects: Set<Observation.Subject> = []
    return observations.filter { observation in
      // References first: whatever else goes, drift is told from them.
      if observation.isUsable, subjects.insert(observation.subject).inserted { return true }
      guard surplus > 0 else { return true }
      surplus -= 1
      return false
    }
  }

  private static func lines(_ observations: [Observation], file: String) throws(RecordError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    var data = Data()
    for observation in observations {
      do {
        data += try encoder.encode(observation) + Data("\n".utf8)
      } catch {
        throw RecordError(file: file, problem: "cannot be written: a figure is not a finite number")
      }
    }
    return data
  }
}

extension Observation {
  /// Whether its figures can be those of a measurement.
  var isPlausible: Bool {
    (median ?? 1) >= 0 && (p90 ?? 1) >= 0 && (0...10_000_000).contains(samples)
      && (1...4096).contains(threads)
      && (tensors ?? []).allSatisfy { $0.index >= 0 && $0.bytes >= 0 && ($0.notFinite ?? 0) >= 0 }
  }
}
