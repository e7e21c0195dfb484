/// What a gate's file holds: limits for every model, and others for single ones.
///
///     latency: p99<=50ms
///     memory: 64 MiB
///     models:
///       mobilenet_v2: { latency: p99<=80ms, variant: int8-static }
public struct GateRequirements: Sendable, Hashable {
  public var general: ModelRequirements
  /// Replaces the general limits of the same keys, by the model's name.
  public var models: [String: ModelRequirements]

  public struct ModelRequirements: Sendable, Hashable {
    public var texts: RequirementTexts
    /// Only this variant is let through; any where absent.
    public var variant: String?

    public init(texts: RequirementTexts = RequirementTexts(), variant: String? = nil) {
      self.texts = texts
      self.variant = variant
    }

    /// These, and the general ones where there is none.
    func over(_ general: ModelRequirements) -> ModelRequirements {
      let (own, other) = (texts, general.texts)
      return ModelRequirements(
        texts: RequirementTexts(
          latency: own.latency ?? other.latency, throughput: own.throughput ?? other.throughput,
          memory: own.memory ?? other.memory, disk: own.disk ?? other.disk, load: own.load ?? other.load,
          firstInference: own.firstInference ?? other.firstInference,
          maxAccuracyDrop: own.maxAccuracyDrop ?? other.maxAccuracyDrop),
        variant: variant ?? general.variant)
    }
  }

  public init(general: ModelRequirements, models: [String: ModelRequirements] = [:]) {
    self.general = general
    self.models = models
  }

  /// - Throws: ``RequirementError`` naming the key, such as "models.mobilenet_v2.latency".
  func resolved(
    for model: String
  ) throws(RequirementError) -> (requirements: Requirements, variant: String?) {
    guard let own = models[model] else { return (try general.texts.requirements(), general.variant) }
    _ = try own.texts.requirements { "models.\(model).\($0)" }
    let merged = own.over(general)
    return (try merged.texts.requirements(), merged.variant)
  }
}

extension GateRequirements: Decodable {
  private enum CodingKeys: String, CodingKey { case models }

  public init(from decoder: any Decoder) throws {
    general = try ModelRequirements(from: decoder, besides: ["models"])
    let values = try decoder.container(keyedBy: CodingKeys.self)
    models = try values.decodeIfPresent([String: ModelRequirements].self, forKey: .models) ?? [:]
  }
}

extension GateRequirements.ModelRequirements: Decodable {
  private enum CodingKeys: String, CodingKey { case variant }

  public init(from decoder: any Decoder) throws { try self.init(from: decoder, besides: []) }

  fileprivate init(from decoder: any Decoder, besides others: Set<String>) throws {
    texts = try RequirementTexts(from: decoder, besides: others.union(["variant"]))
    let values = try decoder.container(keyedBy: CodingKeys.self)
    variant = try values.decodeIfPresent(String.self, forKey: .variant)
  }
}
