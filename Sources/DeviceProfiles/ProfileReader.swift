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

  private func source(_ node: Located, path: String) -> String? {
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

  // MARK: - Values

  /// One line of text.
  func text(_ node: Located, path: String) -> String? {
    guard case .text(let text) = node.value else {
      report(.wrongType, node.line, "\(path) is \(kind(node)); expected a text.")
      return nil
    }
    guard !text.isEmpty, text != "~", text != "null" else {
      report(.wrongType, node.line, "\(path) is empty; expected a text, or leave the key out.")
      return nil
    }
    guard text.utf8.count <= 1000 else {
      report(.outOfRange, node.line, "\(path) has \(text.utf8.count) bytes; expected at most 1000.")
      return nil
    }
    guard !text.contains(where: \.isNewline) else {
      report(.wrongType, node.line, "\(path) has several lines; expected one.")
      return nil
    }
    return text
  }

  func quantity<Value: Quantity & Comparable>(
    _ node: Located, path: String, in range: ClosedRange<Value>, show: (Value) -> String
  ) -> Value? {
    guard let text = text(node, path: path) else { return nil }
    do {
      let value = try Value(parsing: text)
      guard range.contains(value) else {
        report(
          .outOfRange, node.line,
          "\(path) is '\(name(text))'; expected \(show(range.lowerBound)) to \(show(range.upperBound)).")
        return nil
      }
      return value
    } catch {
      report(.wrongUnit, node.line, "\(path) \(error).")
      return nil
    }
  }

  func integer(_ node: Located, path: String, in range: ClosedRange<Int>) -> Int? {
    guard let text = text(node, path: path) else { return nil }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text) else {
      report(.wrongType, node.line, "\(path) is '\(name(text))'; expected a whole number such as '4'.")
      return nil
    }
    guard range.contains(value) else {
      report(
        .outOfRange, node.line, "\(path) is \(value); expected \(range.lowerBound) to \(range.upperBound).")
      return nil
    }
    return value
  }

  func number(_ node: Located, path: String, in range: ClosedRange<Double>) -> Double? {
    guard let text = text(node, path: path) else { return nil }
    let isPlain = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    guard isPlain, let value = Double(text), value.isFinite else {
      report(.wrongType, node.line, "\(path) is '\(name(text))'; expected a number such as '7.5'.")
      return nil
    }
    guard range.contains(value) else {
      report(
        .outOfRange, node.line,
        "\(path) is \(name(text)); expected \(range.lowerBound) to \(range.upperBound).")
      return nil
    }
    return value
  }

  /// One of `words`.
  func word(_ node: Located, path: String, of words: [String]) -> String? {
    guard let text = text(node, path: path) else { return nil }
    guard words.contains(text) else {
      report(
        .outOfRange, node.line,
        "\(path) is '\(name(text))'; expected one of \(words.joined(separator: ", ")).")
      return nil
    }
    return text
  }

  // MARK: - Figures

  /// The figure `key` of `block`: `{ value: ..., source: ... }`, or a bare value where the block has a `source`.
  func figure<Value>(
    _ key: String, of block: Block, read: (Located, String) -> Value?
  ) -> Sourced<Value>? {
    guard let node = block.node[key] else { return nil }
    let path = block.path(to: key)
    guard case .map = node.value else {
      let value = read(node, path)
      guard let inherited = block.node["source"] else {
        report(
          .missingSource, node.line,
          "\(path) has no source; expected '{ value: ..., source: ... }', or a 'source' beside it for the "
            + "whole block.")
        return nil
      }
      guard let source = source(inherited, path: block.path.isEmpty ? "profile" : block.path), let value
      else {
        return nil
      }
      return Sourced(value, source: source)
    }
    guard self.block(node, path: path, keys: ["value", "source", "note"]) != nil else { return nil }
    let note = node["note"].flatMap { text($0, path: "\(path).note") }
    let value: Value?
    if let valueNode = node["value"] {
      value = read(valueNode, path)
    } else {
      report(.missingKey, node.line, "\(path) has no value; expected '{ value: ..., source: ... }'.")
      value = nil
    }
    guard let sourceNode = node["source"] ?? block.node["source"] else {
      report(
        .missingSource, node.line,
        "\(path) has no source; say where it is from: a URL, a datasheet, or a key of 'sources'.")
      return nil
    }
    guard let source = source(sourceNode, path: path), let value else { return nil }
    return Sourced(value, source: source, note: note)
  }

  func sourceText(of block: Block) -> String? {
    guard let node = block.node["source"] else {
      report(
        .missingSource, block.node.line, "\(block.path) has no source; say whose figures these are.")
      return nil
    }
    return source(node, path: block.path)
  }

  func name(_ text: String) -> String { printable(text, limit: UnitError.foundLimit) }

  private func kind(_ node: Located) -> String {
    switch node.value {
    case .text(let text): text.isEmpty ? "empty" : "'\(name(text))'"
    case .list: "a list"
    case .map: "a map"
    }
  }
}
