internal import Units

/// Reads values out of a document and collects every finding on the way.
final class ProfileReader {
  typealias Located = ProfileDocument.Located
  typealias Sourced = DeviceProfile.Sourced

  let file: String
  private(set) var findings: [ProfileError] = []
  private var sources: [String: String] = [:]
  private var sourceLines: [(key: String, line: Int)] = []
  private var usedSources: Set<String> = []

  init(file: String) { self.file = file }

  func report(_ kind: ProfileError.Kind, _ line: Int, _ message: String) {
    let finding = ProfileError(kind, file: file, line: line, message: message)
    // A variant repeats the findings of what it does not change.
    if !findings.contains(finding) { findings.append(finding) }
  }

  // MARK: - Sources

  /// Reads `sources:`, the map that names long sources once for the whole file.
  func readSources(_ node: Located?) {
    guard let node else { return }
    guard let entries = entries(node, path: "sources") else { return }
    for entry in entries {
      sourceLines.append((entry.key, entry.keyLine))
      if let text = text(entry.content, path: "sources.\(entry.key)") { sources[entry.key] = text }
    }
  }

  func reportUnusedSources() {
    for (key, line) in sourceLines where !usedSources.contains(key) {
      report(.unknownSource, line, "sources.\(name(key)) is used by no figure; remove it.")
    }
  }

  func source(_ node: Located, path: String) -> String? {
    guard let text = text(node, path: "\(path).source") else { return nil }
    if let full = sources[text] {
      usedSources.insert(text)
      return full
    }
    if sourceLines.contains(where: { $0.key == text }) { return nil }  // reported where it is defined
    // A URL or a sentence is a source itself; one bare word is a slip.
    guard !text.contains(" "), !text.contains("/") else { return text }
    let hint = closestName(to: text, among: sourceLines.map(\.key)).map { " Did you mean '\($0)'?" } ?? ""
    report(
      .unknownSource, node.line,
      "\(path).source is '\(name(text))', which 'sources' does not name; expected a key of 'sources', a URL or a "
        + "sentence.\(hint)")
    return nil
  }

  // MARK: - Structure

  /// The entries of a map; `nil`, reported, where `node` is something else.
  func entries(_ node: Located, path: String) -> [ProfileDocument.Entry]? {
    if case .map(let entries) = node.value { return entries }
    report(.wrongType, node.line, "\(path) is \(kind(node)); expected a map ('key: value' lines).")
    return nil
  }

  /// The items of a list; `nil`, reported, where `node` is something else.
  func items(_ node: Located, path: String) -> [Located]? {
    if case .list(let items) = node.value { return items }
    report(.wrongType, node.line, "\(path) is \(kind(node)); expected a list ('- item' lines).")
    return nil
  }

  /// A map with nothing but `keys`; reports the others.
  func block(_ node: Located, path: String, keys: [String]) -> Block? {
    guard let entries = entries(node, path: path.isEmpty ? "the profile" : path) else { return nil }
    for entry in entries where !keys.contains(entry.key) {
      let full = path.isEmpty ? name(entry.key) : "\(path).\(name(entry.key))"
      let hint = closestName(to: entry.key, among: keys).map { "did you mean '\($0)'?" }
      let expected = "expected one of \(keys.joined(separator: ", "))."
      report(.unknownKey, entry.keyLine, "\(full) is not a known key; \(hint ?? expected)")
    }
    return Block(node: node, path: path)
  }

  struct Block {
    var node: Located
    var path: String
    func path(to key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
  }

  func name(_ text: String) -> String { printable(text, limit: UnitError.foundLimit) }

  func kind(_ node: Located) -> String {
    switch node.value {
    case .text(let text): text.isEmpty ? "empty" : "'\(name(text))'"
    case .list: "a list"
    case .map: "a map"
    }
  }
}
