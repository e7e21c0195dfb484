public import Foundation

/// Writes a file so that, whatever happens, either its old or its new content is there, whole.
public enum AtomicFile {
  /// Writes `data` to a temporary file beside `path`, syncs it, and renames it into place. Missing folders are made.
  ///
  /// Temporary files of processes that are no more are removed on the way.
  ///
  /// - Throws: ``RecordError`` with the system's reason; no temporary file is left behind.
  public static func write(_ data: Data, to path: String) throws(RecordError) {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw RecordError(file: folder, problem: "cannot be made a folder; name another with --output")
    }
    sweep(folder)
    let temporary = "\(folder)/\(prefix)\(getpid()).\(UInt32.random(in: 0 ... .max))"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure(path, errno) }
    var problem = writeAll(data, to: file)
    if problem == 0 && fsync(file) != 0 { problem = errno }
    if close(file) != 0 && problem == 0 { problem = errno }
    if problem == 0 && rename(temporary, path) != 0 { problem = errno }
    guard problem == 0 else {
      unlink(temporary)
      throw failure(path, problem)
    }
    syncFolder(folder)
  }

  static let prefix = ".edgebench-tmp."

  /// - Returns: 0, or the system's error number.
  static func writeAll(_ data: Data, to file: Int32) -> Int32 {
    data.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Glibc.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        rest = rest.dropFirst(count)
      }
      return 0
    }
  }

  /// The rename itself must reach the disk too. Some file systems cannot sync a folder; nothing is lost there.
  private static func syncFolder(_ folder: String) {
    let handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard handle >= 0 else { return }
    fsync(handle)
    close(handle)
  }

  private static func sweep(_ folder: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(prefix) {
      let owner = name.dropFirst(prefix.count).prefix { $0 != "." }
      guard let process = Int32(owner), process > 0, kill(process, 0) != 0, errno == ESRCH else { continue }
      unlink("\(folder)/\(name)")
    }
  }

  static func failure(_ path: String, _ code: Int32) -> RecordError {
    let cure =
      switch code {
      case ENOSPC, EDQUOT: "Free some space and run the same command again: earlier results are kept"
      case EACCES, EPERM, EROFS: "Name a folder that you may write to with --output"
      default: "Earlier results are kept"
      }
    return RecordError(file: path, problem: "cannot be written: \(String(cString: strerror(code))). \(cure)")
  }
}
