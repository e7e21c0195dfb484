internal import Foundation

/// A lock on a file that lasts as long as its holder does, however that ends: the holder's helpers watch it.
public final class Lease: Sendable {
  private let file: Int32

  /// - Parameter path: Made where it is not there; its folder too.
  /// - Returns: `nil` where somebody else holds it.
  public init?(path: String) throws(ExecutionError) {
    try? FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      throw ExecutionError(
        .file,
        "\(path): cannot be written (\(systemMessage(errno))). Name a folder that you may write to with --output."
      )
    }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      close(file)
      return nil
    }
  }

  deinit { close(file) }

  public func release() { flock(file, LOCK_UN) }

  /// Calls `then` on a thread of its own once nobody holds the lease of `path`; at once where that is so already.
  public static func watch(_ path: String, then: @escaping @Sendable () -> Void) {
    Thread.detachNewThread {
      let file = open(path, O_RDONLY | O_CLOEXEC)
      if file >= 0 {
        while flock(file, LOCK_SH) != 0 && errno == EINTR {}
        close(file)
      }
      then()
    }
  }
}
