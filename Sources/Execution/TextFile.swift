internal import Foundation

/// The small files through which the kernel tells and is told.
enum TextFile {
  static let maximumLength = 1 << 20

  /// The content, at most ``maximumLength`` bytes of it; `nil` where it cannot be read.
  static func read(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16384)
    while content.count < maximumLength {
      let count = Glibc.read(file, &chunk, chunk.count)
      if count < 0 { return nil }
      if count == 0 { break }
      content += chunk[..<count]
    }
    return String(decoding: content, as: UTF8.self)
  }

  /// Writes `text` at once, as control files want it. Returns 0, or why not.
  ///
  /// In the kernel's own trees every file exists, or is refused; in a test's folder it is made.
  static func write(_ text: String, to path: String) -> Int32 {
    let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o600)
    guard file >= 0 else { return errno }
    defer { close(file) }
    let bytes = Array(text.utf8)
    return Glibc.write(file, bytes, bytes.count) == bytes.count ? 0 : errno
  }

  /// A file that holds one number; `nil` also for "max".
  static func number(_ path: String) -> Int64? {
    guard let text = read(path) else { return nil }
    return Int64(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// The number after `key` in lines of the form "key number".
  static func number(_ path: String, key: String) -> Int64? {
    for line in (read(path) ?? "").split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2, words[0] == key { return Int64(words[1]) }
    }
    return nil
  }
}
