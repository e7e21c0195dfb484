public import Foundation
import Units

/// Reads files that may be anything: a pipe, a device, ten gigabytes of nothing.
public enum BoundedFile {
  /// The content of the regular file at `path`.
  ///
  /// - Parameter noun: What it should hold, for messages.
  /// - Throws: ``RecordError`` if it is no regular file, cannot be read, or has more than `limit` bytes.
  public static func read(_ path: String, limit: Int, noun: String = "a record") throws(RecordError) -> Data {
    // Without blocking: opening a pipe that nobody writes to would wait for ever.
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { throw failure(path, errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure(path, errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw RecordError(file: path, problem: "is not a regular file; expected \(noun)")
    }
    guard status.st_size <= limit else {
      throw RecordError(
        file: path,
        problem:
          "is \(ByteCount(bytes: Int64(status.st_size))); expected \(noun), of at most \(ByteCount(bytes: limit))"
      )
    }
    // It may grow while it is read: stop one byte after the limit.
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while data.count <= limit {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count == 0 { return data }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure(path, errno)
      }
      data.append(contentsOf: buffer[0..<count])
    }
    throw RecordError(
      file: path, problem: "grows while it is read; expected \(noun), of at most \(ByteCount(bytes: limit))")
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    // Not through links, which may lead in a circle.
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func failure(_ path: String, _ code: Int32) -> RecordError {
    RecordError(file: path, problem: "cannot be read: \(String(cString: strerror(code)))")
  }
}
