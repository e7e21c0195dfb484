import Graph

/// The files beside a model that hold its larger tensors, each mapped once.
final class ONNXExternalFiles {
  private let model: ModelBytes
  private var files: [String: ModelBytes] = [:]

  init(beside model: ModelBytes) { self.model = model }

  /// The bytes that a tensor's external data names.
  ///
  /// - Parameter entries: "location", a path relative to the model's folder; "offset" and "length", in bytes.
  func bytes(_ entries: [String: String], place: String) throws(ModelFormatError) -> TensorData {
    guard let location = entries["location"], !location.isEmpty else {
      throw model.malformed(place, "external data without a location", expected: "a file beside the model")
    }
    // A model must not make its reader open files elsewhere.
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.hasPrefix("/"), !parts.contains(".."), !location.utf8.contains(0) else {
      throw model.malformed(
        place, "external data in '\(location)'", expected: "a path inside the model's folder")
    }
    let file: ModelBytes
    if let open = files[location] {
      file = open
    } else {
      let folder = model.path.lastIndex(of: "/").map { String(model.path[...$0]) } ?? ""
      file = try ModelBytes(mapping: folder + location, inside: folder.isEmpty ? "." : folder)
      files[location] = file
    }
    let size = file.bytes.count
    let offset = try number(entries, "offset", place) ?? 0
    let length = try number(entries, "length", place) ?? max(0, size - offset)
    guard offset >= 0, length >= 0, offset <= size, length <= size - offset else {
      throw model.malformed(
        place, "\(length) bytes at byte \(offset) of '\(location)'", expected: "a part of its \(size) bytes")
    }
    return file.data(offset..<offset + length)
  }

  private func number(
    _ entries: [String: String], _ key: String, _ place: String
  ) throws(ModelFormatError) -> Int? {
    guard let text = entries[key], !text.isEmpty else { return nil }
    guard let value = Int(text) else {
      throw model.malformed(place, "external data with \(key) '\(text)'", expected: "a number of bytes")
    }
    return value
  }
}
