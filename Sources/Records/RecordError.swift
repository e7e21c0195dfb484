import Units

/// Why a record's file could not be read or written, in one line.
public struct RecordError: Error, Sendable, Equatable, CustomStringConvertible {
  public var file: String
  /// "measurement.samples_ns[3] is -5; expected a number not below 0".
  public var problem: String

  public init(file: String, problem: String) {
    self.file = file
    self.problem = problem
  }

  public var description: String { "\(printable(file, limit: 500)): \(problem)." }
}
