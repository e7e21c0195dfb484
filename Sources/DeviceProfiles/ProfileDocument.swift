internal import Foundation
internal import Units
internal import Yams

/// A profile's file as plain values with their lines: YAML without anchors, aliases and tags.
///
/// Other small files of the package are read with it too.
package struct ProfileDocument {
  package indirect enum Value {
    case text(String)
    case list([Located])
    case map([Entry])
  }

  package struct Located {
    package var value: Value
    package var line: Int
  }

  package struct Entry {
    package var key: String
    package var keyLine: Int
    package var content: Located
  }

  package var root: Located

  /// Far above any real profile (5 KiB), far below what would trouble the parser.
  static let byteLimit = 64 * 1024
  static let depthLimit = 16

  /// - Parameter noun: What the file should hold, for messages.
  package init(path: String, noun: String = "a device profile") throws(ProfileError) {
    try self.init(text: Self.read(path), file: path, noun: noun)
  }

  init(text: String, file: String, noun: String = "a device profile") throws(ProfileError) {
    try Self.refuseReferences(in: text, file: file)
    let node: Node?
    do {
      node = try Parser(yaml: text, encoding: .utf8).singleRoot()
    } catch {
      throw Self.syntaxError(error, file: file)
    }
    guard let node else {
      throw ProfileError(.syntax, file: file, message: "is empty; expected \(noun).")
    }
    root = try Self.convert(node, file: file, depth: 0)
  }

  private static func read(_ path: String) throws(ProfileError) -> String {
    func refuse(_ message: String) -> ProfileError { ProfileError(.unreadable, file: path, message: message) }
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw refuse("No such file.")
    }
    guard !isDirectory.boolValue else { throw refuse("is a directory; expected a YAML file.") }
    let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let kind = try? FileManager.default.attributesOfItem(atPath: resolved)[.type] as? FileAttributeType
    guard kind == .typeRegular else { throw refuse("is not a regular file; expected a YAML file.") }
    guard let handle = FileHandle(forReadingAtPath: resolved) else {
      throw refuse("cannot be opened; check its permissions.")
    }
    defer { try? handle.close() }
    let data: Data
    do {
      // At the end of the file there is no data: an empty file is empty.
      data = try handle.read(upToCount: byteLimit + 1) ?? Data()
    } catch {
      throw refuse("cannot be read.")
    }
    guard data.count <= byteLimit else {
      throw refuse("is larger than \(ByteCount(bytes: byteLimit)); expected a few KiB.")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw refuse("is not UTF-8; expected YAML text.")
    }
    return text
  }

  /// Refuses anchors, aliases and tags in the text itself, before any of them is expanded: a few nested
  /// aliases describe a tree of billions of nodes.
  ///
  /// A quoted text or a comment is not exempt, so the rule does not depend on knowing where those end.
  private static func refuseReferences(in text: String, file: String) throws(ProfileError) {
    var line = 1
    var previous: Unicode.Scalar = "\n"
    let scalars = text.unicodeScalars
    for (index, scalar) in zip(scalars.indices, scalars) {
      defer { previous = scalar }
      if scalar == "\n" {
        line += 1
        continue
      }
      let isControl = scalar.value < 0x20 && scalar != "\r" || (0x7F...0x9F).contains(scalar.value)
      if isControl || [0x2028, 0x2029, 0xFEFF].contains(scalar.value) {
        let code = String(scalar.value, radix: 16, uppercase: true)
        throw ProfileError(
          .syntax, file: file, line: line,
          message: "has the control character U+\(code); expected plain text.")
      }
      let next = scalars[scalars.index(after: index)...].first ?? "\n"
      let startsToken = !isWordCharacter(previous) && !next.properties.isWhitespace
      switch scalar {
      case "&" where startsToken, "*" where startsToken:
        throw ProfileError(
          .syntax, file: file, line: line,
          message: "has an anchor or alias ('\(scalar)'); expected every value written out.")
      case "!" where startsToken:
        throw ProfileError(
          .syntax, file: file, line: line, message: "has a YAML tag ('!'); expected plain values.")
      case "%" where previous == "\n" || previous == "\r":
        throw ProfileError(
          .syntax, file: file, line: line, message: "has a YAML directive ('%'); expected none.")
      default: break
      }
    }
  }

  /// Characters after which '&', '*' and '!' are part of a word: "?a=b&c=d", "2*3".
  private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_/=.%-".unicodeScalars.contains(scalar)
  }

  private static func syntaxError(_ error: any Error, file: String) -> ProfileError {
    switch error {
    case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _):
      return ProfileError(
        .syntax, file: file, line: mark.line, message: "is not valid YAML: \(printable(problem, limit: 120))."
      )
    case YamlError.duplicatedKeysInMapping(let duplicates, let context):
      let key = printable(duplicates.first ?? "", limit: UnitError.foundLimit)
      return ProfileError(
        .syntax, file: file, line: context.mark.line, message: "has the key '\(key)' twice; remove one.")
    case YamlError.reader(let problem, _, _, _):
      return ProfileError(
        .syntax, file: file, message: "is not valid YAML: \(printable(problem, limit: 120)).")
    default:
      return ProfileError(.syntax, file: file, message: "is not valid YAML.")
    }
  }

  private static func convert(_ node: Node, file: String, depth: Int) throws(ProfileError) -> Located {
    let line = node.mark?.line ?? 1
    guard depth < depthLimit else {
      throw ProfileError(
        .syntax, file: file, line: line,
        message: "nests deeper than \(depthLimit) levels; expected no more than five.")
    }
    switch node {
    case .scalar(let scalar):
      return Located(value: .text(scalar.string), line: line)
    case .sequence(let sequence):
      var items = [Located]()
      for item in sequence { items.append(try convert(item, file: file, depth: depth + 1)) }
      return Located(value: .list(items), line: line)
    case .mapping(let mapping):
      var entries = [Entry]()
      for (key, value) in mapping {
        guard let scalar = key.scalar else {
          throw ProfileError(.syntax, file: file, line: line, message: "has a key that is not a word.")
        }
        entries.append(
          Entry(
            key: scalar.string, keyLine: key.mark?.line ?? line,
            content: try convert(value, file: file, depth: depth + 1)))
      }
      return Located(value: .map(entries), line: line)
    case .alias:
      throw ProfileError(
        .syntax, file: file, line: line, message: "has an alias; expected every value written out.")
    }
  }
}

extension ProfileDocument.Located {
  package subscript(key: String) -> ProfileDocument.Located? {
    guard case .map(let entries) = value else { return nil }
    return entries.first { $0.key == key }?.content
  }

  /// This map with the entries of `other` over it, maps merged, everything else replaced.
  func merging(_ other: ProfileDocument.Located) -> ProfileDocument.Located {
    guard case .map(let base) = value, case .map(let over) = other.value else { return other }
    var merged = base
    for entry in over {
      if let index = merged.firstIndex(where: { $0.key == entry.key }) {
        merged[index].content = merged[index].content.merging(entry.content)
        merged[index].keyLine = entry.keyLine
      } else {
        merged.append(entry)
      }
    }
    return ProfileDocument.Located(value: .map(merged), line: line)
  }

  func removing(_ key: String) -> ProfileDocument.Located {
    guard case .map(let entries) = value else { return self }
    return ProfileDocument.Located(value: .map(entries.filter { $0.key != key }), line: line)
  }
}
