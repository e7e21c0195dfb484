internal import CKernels
internal import CPlanFormat
internal import Units

/// Which plans a build makes or runs: those of another revision may be read wrongly, or refused.
struct PlanRevision: Equatable, CustomStringConvertible {
  /// The file format's version.
  var format: UInt32
  /// What the operators rely on; see eb_operators_revision.
  var operators: UInt32

  /// Of this program.
  static let own = PlanRevision(format: UInt32(EB_PLAN_VERSION), operators: eb_operators_revision())

  var description: String { "\(format).\(operators)" }

  /// Says where an agent is of another revision, which it calls `found`; `nil` where it is not.
  static func mismatch(_ found: String?, cure: String) -> String? {
    guard found != own.description else { return nil }
    let theirs = found.map { "plans of revision \(printable($0, limit: 40))" } ?? "plans of an older revision"
    return "the agent runs \(theirs), this edgebench makes \(own). \(cure)"
  }
}
