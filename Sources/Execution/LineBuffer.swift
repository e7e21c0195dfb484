/// Bytes in, lines out.
struct LineBuffer {
  /// A chunk of samples is some 80 KiB, a chunk of steps some 70 KiB.
  static let maximumLength = 1 << 20

  private var bytes: [UInt8] = []
  private var searched = 0

  /// False where a line has become too long to be one.
  mutating func append(_ added: some Collection<UInt8>) -> Bool {
    bytes += added
    return bytes.count <= Self.maximumLength
  }

  /// The next whole line, without its end.
  mutating func next() -> [UInt8]? {
    guard let end = bytes[searched...].firstIndex(of: 0x0A) else {
      searched = bytes.count
      return nil
    }
    let line = Array(bytes[..<end])
    bytes.removeSubrange(...end)
    searched = 0
    return line
  }

  /// What is left when the stream has ended.
  var rest: [UInt8] { bytes }
}
