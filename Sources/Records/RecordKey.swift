import Digests

/// What a record must agree with to stand for a run that would be made now.
public struct RecordKey: Sendable, Hashable {
  public var model: ModelIdentity
  public var profile: ProfileIdentity
  public var configuration: Configuration
  /// SHA-256 of the agent's file.
  public var agentDigest: String?
  public var tool: String
  /// See ``RunRecord/inputs``.
  public var inputs: String?

  public init(
    model: ModelIdentity, profile: ProfileIdentity, configuration: Configuration, agentDigest: String?,
    tool: String, inputs: String? = nil
  ) {
    self.model = model
    self.profile = profile
    self.configuration = configuration
    self.agentDigest = agentDigest
    self.tool = tool
    self.inputs = inputs
  }

  /// "mobilenet_v2.int8-static.builtin-t4.4f1d09c2a7e3.record.json": what is run, readable, and a digest of it.
  ///
  /// The states of profile, agent and tool are not in it: a newer run of the same configuration, on the same data
  /// and under the same limits, replaces the older.
  public var fileName: String {
    let parts = [
      model.sha256, model.name, profile.id, configuration.variant, configuration.engine,
      configuration.precision, String(configuration.threads), inputs ?? "",
    ]
    // Each part with its length, so that no two lists of parts run together into one text.
    let digest = SHA256.hexadecimal(of: parts.map { "\($0.utf8.count):\($0)" }.joined())
    let words = [model.name, configuration.variant, "\(configuration.engine)-t\(configuration.threads)"]
    return (words.map(Self.plain) + [String(digest.prefix(12))]).joined(separator: ".") + Self.fileSuffix
  }

  public static let fileSuffix = ".record.json"

  /// At most 48 characters that every file system and shell takes as they are.
  private static func plain(_ text: String) -> String {
    let kept = text.unicodeScalars.prefix(48).map { scalar -> Character in
      let isPlain =
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
        || scalar == "-" || scalar == "_"
      return isPlain ? Character(scalar) : "_"
    }
    return String(kept)
  }
}

extension RunRecord {
  public var key: RecordKey {
    RecordKey(
      model: model, profile: profile, configuration: configuration,
      agentDigest: measurement.agent?.digest, tool: tool, inputs: inputs)
  }

  /// Why this record does not stand for a run of `key`, in words for the user; `nil` if it does.
  public func staleness(against key: RecordKey) -> String? {
    if model.sha256 != key.model.sha256 { return "the model changed" }
    if profile != key.profile { return "the profile changed" }
    if configuration != key.configuration { return "it is of another configuration" }
    if measurement.agent?.digest != key.agentDigest { return "the agent was rebuilt" }
    if tool != key.tool { return "edgebench changed" }
    if inputs != key.inputs { return "the data or options changed" }
    if !validity.isValid { return "it is INVALID" }
    return nil
  }
}
