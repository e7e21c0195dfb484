/// The steps that were timed on one machine: what a calibration is made of, and all that is kept of it.
public struct StepTable: Sendable, Equatable {
  public var engine: String
  /// What the kernels ran on: "avx512vnni".
  public var instructionSet: String
  /// ISO 8601.
  public var date: String
  /// Of the program that took the times, in hexadecimal.
  public var agent: String
  public var samples: [StepSample] = []

  public init(engine: String, instructionSet: String, date: String, agent: String) {
    self.engine = engine
    self.instructionSet = instructionSet
    self.date = date
    self.agent = agent
  }

  private static let names = ["engine", "isa", "date", "agent"]

  /// A line of facts, a line of names, a line a step.
  public var csv: String {
    let facts = zip(Self.names, [engine, instructionSet, date, agent]).map { "\($0)=\($1)" }
    let lines = ["# " + facts.joined(separator: " "), StepSample.columns] + samples.map(\.csv)
    return lines.joined(separator: "\n") + "\n"
  }

  /// Reads what ``csv`` writes.
  public init(_ text: String, path: String) throws(TableError) {
    var facts: [String: String] = [:]
    var samples: [StepSample] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated() where !line.isEmpty && line != StepSample.columns
    {
      if index == 0 {
        for word in line.split(separator: " ") {
          let parts = word.split(separator: "=", maxSplits: 1)
          if parts.count == 2 { facts[String(parts[0])] = String(parts[1]) }
        }
        continue
      }
      guard let sample = StepSample(line) else {
        throw TableError(
          path: path, line: index + 1, found: "'\(line.prefix(60))'", expected: StepSample.columns)
      }
      samples.append(sample)
    }
    let values = Self.names.compactMap { facts[$0] }
    guard values.count == Self.names.count else {
      throw TableError(
        path: path, line: 1, found: "'\(text.prefix(60).prefix { !$0.isNewline })'",
        expected: "'# engine=... isa=... date=... agent=...'")
    }
    self.init(engine: values[0], instructionSet: values[1], date: values[2], agent: values[3])
    self.samples = samples
  }
}
