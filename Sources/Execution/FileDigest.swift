internal import Digests
internal import Foundation

public enum FileDigest {
  /// In hexadecimal.
  public static func sha256(of path: String) throws(ExecutionError) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw ExecutionError(.file, "\(path): cannot be read (\(systemMessage(errno))).") }
    defer { close(file) }
    var hash = SHA256()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &buffer, buffer.count)
      guard count >= 0 else {
        throw ExecutionError(.file, "\(path): cannot be read (\(systemMessage(errno))).")
      }
      if count == 0 { return hash.hexadecimal() }
      buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }
}
