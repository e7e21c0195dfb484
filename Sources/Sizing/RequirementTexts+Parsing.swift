import Units

extension RequirementTexts {
  /// "p99<=50ms", "p90<=40ms,p99<=50ms".
  static func latencies(_ text: String, _ place: String) throws(RequirementError) -> [Requirement] {
    var list: [Requirement] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let requirement = try latency(String(part), place)
      guard !list.contains(where: { $0.metric == requirement.metric }) else {
        throw RequirementError(
          place: place, problem: "limits the \(requirement.metric.name) twice; expected one limit for each")
      }
      list.append(requirement)
    }
    return list
  }

  private static func latency(_ text: String, _ place: String) throws(RequirementError) -> Requirement {
    let expected = "a latency such as 'p99<=50ms'"
    guard let (left, right) = split(text, at: ["<=", "\u{2264}", "<", "="]) else {
      return try time(text, .latency(.p90), place, expected: expected)
    }
    guard !left.isEmpty else {
      return try time(right, .latency(.p90), place, whole: text, expected: expected)
    }
    guard let percentile = LatencyPercentile(left) else {
      throw found(text, place, "\(expected), of a percentile from p1 to p99.99")
    }
    return try time(right, .latency(percentile), place, whole: text, expected: expected)
  }

  static func time(
    _ text: String, _ metric: Metric, _ place: String, whole: String? = nil,
    expected: String = "a duration such as '50ms'"
  ) throws(RequirementError) -> Requirement {
    guard let duration = try? Duration(parsing: bare(text, "<=")), duration > .zero else {
      throw found(whole ?? text, place, "\(expected), above zero")
    }
    return Requirement(metric, limit: Double(duration.nanoseconds))
  }

  static func size(_ text: String, _ metric: Metric, _ place: String) throws(RequirementError) -> Requirement
  {
    guard let size = try? ByteCount(parsing: bare(text, "<=")), size > .zero else {
      throw found(text, place, "a binary size such as '64 MiB', above zero")
    }
    return Requirement(metric, limit: Double(size.bytes))
  }

  static func throughput(_ text: String, _ place: String) throws(RequirementError) -> Requirement {
    let rate = bare(text, ">=")
    for unit in ["/s", "fps"] where rate.hasSuffix(unit) {
      let number = trimmed(rate.dropLast(unit.count))
      guard number.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }),
        let value = Double(number), value.isFinite, value > 0
      else { break }
      return Requirement(.throughput, limit: value)
    }
    throw found(text, place, "inferences a second such as '>=30/s', above zero")
  }

  static func accuracyDrop(_ text: String, _ place: String) throws(RequirementError) -> Requirement {
    guard let share = try? Percentage(parsing: bare(text, "<=")), share.fraction <= 1 else {
      throw found(text, place, "a percentage up to 100% such as '1%'")
    }
    return Requirement(.accuracyDrop, limit: share.fraction)
  }

  private static func found(_ text: String, _ place: String, _ expected: String) -> RequirementError {
    RequirementError(place: place, problem: UnitError(found: text, expected: expected).description)
  }

  /// `text` without `sign` and the blanks around it.
  private static func bare(_ text: String, _ sign: String) -> String {
    let text = trimmed(text[...])
    return text.hasPrefix(sign) ? trimmed(text.dropFirst(sign.count)) : text
  }

  /// The texts before and after the first of `signs` that occurs; `nil` if none does.
  private static func split(_ text: String, at signs: [String]) -> (String, String)? {
    for sign in signs {
      guard let range = text.firstRange(of: sign) else { continue }
      return (trimmed(text[..<range.lowerBound]), trimmed(text[range.upperBound...]))
    }
    return nil
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
