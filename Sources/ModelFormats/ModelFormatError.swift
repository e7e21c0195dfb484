import Units

/// Why a model file cannot be used, in one line: where, what was found, what was expected or what to do.
public enum ModelFormatError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file cannot be opened or mapped.
  case unreadable(path: String, reason: String)
  /// The bytes are not what the format says.
  case malformed(path: String, place: String, found: String, expected: String)
  /// The model is sound, but asks for something that edgebench does not have.
  case unsupported(path: String, place: String, feature: String)

  /// One line, whatever the names in the file contain.
  public var description: String { printable(sentence, limit: 2000) }

  private var sentence: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): \(reason)"
    case .malformed(let path, let place, let found, let expected):
      "\(path): \(place): \(found); expected \(expected)"
    case .unsupported(let path, let place, let feature):
      "\(path): \(place): \(feature), which edgebench cannot run; see 'edgebench operators'"
    }
  }
}
