internal import Units

/// What is wrong with a profile, and where.
public struct ProfileError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: String, Sendable, CaseIterable {
    /// No profile has this name.
    case unknownProfile
    /// Missing, a directory, too large, not UTF-8.
    case unreadable
    /// Not YAML, or YAML with anchors, aliases or tags.
    case syntax
    case unknownKey
    case missingKey
    /// A list where a number was expected, and the like.
    case wrongType
    /// A quantity without its unit, or with a unit of another kind.
    case wrongUnit
    case outOfRange
    case missingSource
    /// A source that looks like a key of `sources`, which has none of that name; or one that nothing uses.
    case unknownSource
  }

  public var kind: Kind
  public var file: String?
  public var line: Int?
  /// One sentence: what was found, what was expected, what to do.
  public var message: String

  public init(_ kind: Kind, file: String? = nil, line: Int? = nil, message: String) {
    self.kind = kind
    self.file = file
    self.line = line
    self.message = message
  }

  public var description: String {
    guard let file else { return message }
    return line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
  }

  static func unknownProfile(_ id: String, known: [String], directory: String) -> ProfileError {
    let shown = "Unknown profile '\(printable(id, limit: 60))'."
    let hint: String
    if let close = closestName(to: id, among: known) {
      hint = "Did you mean '\(close)'?"
    } else if known.isEmpty {
      hint = "There is no profile in \(directory)."
    } else {
      hint = "See 'edgebench profiles list'."
    }
    return ProfileError(.unknownProfile, message: "\(shown) \(hint)")
  }
}
