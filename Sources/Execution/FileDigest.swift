internal import Digests
internal import Foundation

public enum FileDigest {
  /// Of the files' bytes, one file after the other; in hexadecimal.
  public static func sha256(of paths: String...) throws(ExecutionError) -> String {
    var hash = SHA256()
    for path in paths { try update(&hash, with: path) }
    return hash.hexadecimal()
  }

  private static func update(_ hash: inout SHA256, with path: String) throws(ExecutionError) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw ExecutionError(.file, "\(path): cannot be read (\(systemMessage(errno))).") }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &buffer, buffer.count)
      guard count >= 0 else {
        throw ExecutionError(.file, "\(path): cannot be read (\(systemMessage(errno))).")
      }
      if count == 0 { return }
      buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }
}
