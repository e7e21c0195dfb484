import Glibc
import CLinux
import Graph

/// The bytes of a model file, mapped or in memory, and a budget of how much may be decoded from them.
///
/// Vectors and strings of a hostile file can be referred to many times over; the budget keeps what is made of
/// them in proportion to the file. It is read-only after creation, but for the budget of the one reader.
final class ModelBytes: @unchecked Sendable {
  let path: String
  let bytes: UnsafeRawBufferPointer
  private let unmap: Bool
  private var budget: Int

  /// Maps the file at `path`.
  init(mapping path: String) throws(ModelFormatError) {
    var start: UnsafeRawPointer?
    var count = 0
    let status = eb_file_map(path, &start, &count)
    guard status == 0, let start else {
      throw .unreadable(path: path, reason: Self.reason(for: status))
    }
    self.path = path
    bytes = UnsafeRawBufferPointer(start: start, count: count)
    unmap = true
    budget = Self.budget(for: count)
  }

  /// Maps the file at `path`, which must be in `folder` once links are followed.
  convenience init(mapping path: String, inside folder: String) throws(ModelFormatError) {
    guard let real = realpath(path, nil) else {
      throw .unreadable(path: path, reason: Self.reason(for: errno))
    }
    defer { free(real) }
    guard let home = realpath(folder, nil) else {
      throw .unreadable(path: folder, reason: Self.reason(for: errno))
    }
    defer { free(home) }
    guard String(cString: real).hasPrefix(String(cString: home) + "/") else {
      throw .unreadable(path: path, reason: "leads out of the model's folder; expected a file inside it")
    }
    try self.init(mapping: path)
  }

  /// Copies `contents`; `path` is named in errors.
  init(copying contents: [UInt8], path: String) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, contents.count), alignment: 64)
    copy.copyBytes(from: contents)
    self.path = path
    bytes = UnsafeRawBufferPointer(rebasing: copy.prefix(contents.count))
    unmap = false
    budget = Self.budget(for: contents.count)
  }

  deinit {
    if unmap {
      eb_pages_unmap(bytes.baseAddress, bytes.count)
    } else {
      bytes.deallocate()
    }
  }

  /// Takes `count` decoded bytes off the budget.
  func spend(_ count: Int, on place: @autoclosure () -> String) throws(ModelFormatError) {
    guard count <= budget else {
      throw malformed(
        place(), "more data than a file of \(bytes.count) bytes holds",
        expected: "each part to be used about once")
    }
    budget -= count
  }

  func malformed(_ place: String, _ found: String, expected: String) -> ModelFormatError {
    .malformed(path: path, place: place, found: found, expected: expected)
  }

  /// A part of the file as a tensor's value, without a copy.
  func data(_ range: Range<Int>) -> TensorData {
    TensorData(owner: self, bytes: UnsafeRawBufferPointer(rebasing: bytes[range]))
  }

  /// Formats share equal vectors and names now and then; sixteenfold is far beyond what writers do.
  private static func budget(for count: Int) -> Int { min(count, 1 << 40) * 16 + (1 << 20) }

  private static func reason(for status: Int32) -> String {
    switch status {
    case ENOENT: "no such file"
    case EACCES: "may not be read; check its permissions"
    case EISDIR: "is a directory; expected a model file"
    case ENODEV: "is no regular file; expected a model file"
    case ENODATA: "is empty; expected a model file"
    case EFBIG: "is larger than this machine can map"
    default: "cannot be read: \(String(cString: strerror(status)))"
    }
  }
}

extension String {
  /// A name from a file, for errors and tables of one line: control characters are replaced.
  init(printable bytes: some Collection<UInt8>) {
    let text = String(decoding: bytes, as: UTF8.self)
    func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }
    guard text.unicodeScalars.contains(where: isControl) else {
      self = text
      return
    }
    self.init(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "\u{FFFD}" : $0 }))
  }
}
