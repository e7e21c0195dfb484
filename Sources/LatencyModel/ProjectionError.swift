internal import Units

/// Why a latency cannot be projected.
public enum ProjectionError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Figures that nobody published for the device, by their path in the profile.
  case missing(profile: String, fields: [String])
  case threads(Int)
  case graph(String)

  public var description: String {
    switch self {
    case .missing(let profile, let fields):
      "Profile '\(printable(profile, limit: 60))' lacks \(fields.joined(separator: ", ")), which a projection "
        + "needs; measure on the board, or add the figure with its source."
    case .threads(let count):
      "\(count) threads; expected at least 1."
    case .graph(let reason): reason
    }
  }
}
