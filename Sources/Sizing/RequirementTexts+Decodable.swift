import Units

/// In a file, an unknown key is an error: a misspelt limit must not pass every gate.
extension RequirementTexts: Decodable {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case latency, throughput, memory, disk, load
    case firstInference = "first_inference"
    case maxAccuracyDrop = "max_accuracy_drop"
  }

  public init(from decoder: any Decoder) throws { try self.init(from: decoder, besides: []) }

  /// - Parameter others: Keys of the same object that are not requirements.
  init(from decoder: any Decoder, besides others: Set<String>) throws {
    let known = Set(CodingKeys.allCases.map(\.rawValue)).union(others)
    let all = try decoder.container(keyedBy: AnyKey.self).allKeys
    if let unknown = all.first(where: { !known.contains($0.stringValue) }) {
      let name = printable(unknown.stringValue, limit: 60)
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath + [unknown],
          debugDescription: "unknown key '\(name)'; expected one of \(known.sorted().joined(separator: ", "))"
        ))
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      latency: try values.decodeIfPresent(String.self, forKey: .latency),
      throughput: try values.decodeIfPresent(String.self, forKey: .throughput),
      memory: try values.decodeIfPresent(String.self, forKey: .memory),
      disk: try values.decodeIfPresent(String.self, forKey: .disk),
      load: try values.decodeIfPresent(String.self, forKey: .load),
      firstInference: try values.decodeIfPresent(String.self, forKey: .firstInference),
      maxAccuracyDrop: try values.decodeIfPresent(String.self, forKey: .maxAccuracyDrop))
  }

  private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
