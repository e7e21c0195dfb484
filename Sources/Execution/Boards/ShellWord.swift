/// A word as a remote shell takes it: the one place that quotes.
///
/// ssh joins its arguments with spaces and hands the result to the user's login shell on the other side.
enum ShellWord {
  /// `words` as one command line; `nil` where a word holds a NUL, which no command line can carry.
  static func commandLine(_ words: [String]) -> String? {
    guard !words.contains(where: { $0.utf8.contains(0) }) else { return nil }
    return words.map(quoted).joined(separator: " ")
  }

  /// Between single quotes nothing is special, save the quote itself and, in fish, the backslash: those two stand
  /// outside the quotes, behind a backslash.
  static func quoted(_ word: String) -> String {
    var text = "'"
    for scalar in word.unicodeScalars {
      if scalar == "'" || scalar == "\\" {
        text += "'\\\(scalar)'"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text + "'"
  }
}
