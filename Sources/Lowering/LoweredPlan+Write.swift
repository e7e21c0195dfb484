internal import Glibc

extension LoweredPlan {
  /// Writes the plan to the file at `path`: to a temporary file beside it first, synced, then renamed.
  ///
  /// - Returns: The file's size in bytes.
  @discardableResult
  public func write(to path: String) throws(LoweringError) -> Int {
    let bytes = serialized()
    let temporary = "\(path).\(getpid()).tmp"
    do throws(LoweringError) {
      try Self.write(bytes, to: temporary, for: path)
      guard rename(temporary, path) == 0 else { throw .cannotWrite(path: path, errno: errno) }
    } catch {
      unlink(temporary)
      throw error
    }
    return bytes.count
  }

  private static func write(_ bytes: [UInt8], to temporary: String, for path: String) throws(LoweringError) {
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, errno: errno) }
    var failure: Int32 = 0
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while failure == 0, !rest.isEmpty {
        let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written > 0 {
          rest = rest.dropFirst(written)
        } else if written == 0 || errno != EINTR {
          failure = written == 0 ? ENOSPC : errno
        }
      }
    }
    if failure == 0, fsync(descriptor) != 0 { failure = errno }
    if close(descriptor) != 0, failure == 0 { failure = errno }
    guard failure == 0 else { throw .cannotWrite(path: path, errno: failure) }
  }
}
