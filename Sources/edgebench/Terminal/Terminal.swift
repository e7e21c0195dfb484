import Units

#if canImport(Glibc)
  import Glibc
#endif

/// Where text goes: results to stdout, everything else to stderr, colour and bars only on a terminal.
enum Terminal {
  static let errorIsTerminal = isatty(STDERR_FILENO) == 1
  static let outputIsTerminal = isatty(STDOUT_FILENO) == 1
  static let usesColour = outputIsTerminal && getenv("NO_COLOR") == nil

  /// Columns of the terminal behind stderr; 80 where there is none.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  static func error(_ message: String) { writeLine("error: " + message) }

  static func warning(_ message: String) { writeLine("warning: " + message) }

  /// Names of files, models and keys come from outside: on stderr they neither end the line nor move the cursor.
  private static func writeLine(_ text: String) {
    writeError(printable(text, limit: 4000) + "\n")
  }

  static func writeError(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return }
      bytes = bytes.dropFirst(written)
    }
  }
}
