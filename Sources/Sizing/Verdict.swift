public import Records

/// The answer: must the model be compressed for this device, and by what?
public struct Verdict: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// This uncompressed configuration meets every requirement.
    case notRequired(Configuration)
    /// No uncompressed configuration does; this is the least invasive that is known to.
    case required(Configuration)
    /// None does.
    case insufficient
    /// It cannot be told from these records.
    case inconclusive
  }

  public var kind: Kind
  /// The weakest that the verdict rests on; `nil` where it rests on none.
  public var evidence: Evidence?
  /// What decides: the requirement with the least to spare, or the one that cannot be met, or the one in doubt.
  public var binding: Assessment?
  /// Plain sentences, the most important first.
  public var reasons: [String]
  /// What to do to learn more; empty where nothing needs to be.
  public var next: [String]

  public init(
    kind: Kind, evidence: Evidence?, binding: Assessment?, reasons: [String], next: [String] = []
  ) {
    self.kind = kind
    self.evidence = evidence
    self.binding = binding
    self.reasons = reasons
    self.next = next
  }

  /// "compression not required", "compression required: int8-static", "insufficient", "inconclusive".
  public var statement: String {
    switch kind {
    case .notRequired: "compression not required"
    case .required(let configuration): "compression required: \(configuration.variant)"
    case .insufficient: "insufficient"
    case .inconclusive: "inconclusive"
    }
  }
}
