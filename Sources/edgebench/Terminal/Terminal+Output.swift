import Reporting

#if canImport(Glibc)
  import Glibc
#endif

extension Terminal {
  /// Writes a result to stdout.
  ///
  /// - Throws: ``CommandFailure`` where it cannot be written, such as to a full disk: a result that is lost must not look
  ///   like one that is there.
  static func output(_ text: String) throws(CommandFailure) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else {
        throw .runFailed("stdout cannot be written: \(String(cString: strerror(errno))).")
      }
      bytes = bytes.dropFirst(written)
    }
  }

  /// Writes a table to stdout, no wider than the terminal where there is one.
  static func output(_ table: Table) throws(CommandFailure) {
    let text = TerminalText(usesColour: usesColour)
    try output(text.table(table, width: outputIsTerminal ? width : nil))
  }
}
