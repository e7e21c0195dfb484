import Units

/// Names come from files and command lines: whatever they contain, it must show and not act.
enum Escaping {
  /// Longer texts are cut.
  static let limit = 2000

  /// Without control characters and changes of direction, for a terminal.
  static func terminal(_ text: String) -> String { printable(text, limit: limit) }

  /// As text in a table of GitHub's Markdown.
  static func markdown(_ text: String) -> String {
    var result = ""
    for character in printable(text, limit: limit) {
      switch character {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\\", "|", "`", "*", "_", "[", "]", "#", "~", "!": result += "\\\(character)"
      default: result.append(character)
      }
    }
    return result
  }

  /// As one field of RFC 4180, which no spreadsheet takes for a formula.
  ///
  /// - Source: OWASP, "CSV Injection": fields that start with =, +, -, @, tab or carriage return get a quote before
  ///   them. A lone '-' (no value) and numbers cannot act and stay as they are.
  static func csv(_ text: String) -> String {
    var field = printable(text, limit: limit)
    if let first = field.first, "=+-@\t\r".contains(first), field != "-", Double(field) == nil {
      field = "'" + field
    }
    // Unicode's canonical equivalence must not hide a quote that carries a combining mark.
    guard field.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" || $0 == "'" || $0 == " " }) else {
      return field
    }
    var quoted = "\""
    for scalar in field.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  /// As text or a quoted attribute of HTML or XML.
  static func xml(_ text: String) -> String {
    var result = ""
    for scalar in printable(text, limit: limit).unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      // XML 1.0 has no place for these, in whatever form.
      case "\u{FFFE}", "\u{FFFF}": result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
