public import Graph

/// Reads a model of any format that edgebench knows, told by its first bytes.
public struct ModelReader {
  /// - Throws: ``ModelFormatError`` naming the file and what is wrong with it.
  public static func read(_ path: String, _ options: ReadOptions = ReadOptions()) throws(ModelFormatError)
    -> Graph
  {
    let file = try ModelBytes(mapping: path)
    let start = Array(file.bytes.prefix(8))
    if start.count == 8, start[4...].elementsEqual(TFLiteModel.identifier) {
      return try TFLiteReader.read(file, options)
    }
    let known = [".onnx": "an ONNX", ".mlmodel": "a Core ML", ".param": "an ncnn"]
    if let format = known.first(where: { path.hasSuffix($0.key) })?.value {
      throw .unreadable(
        path: path,
        reason: "is named like \(format) model; this edgebench reads TFLite models ('TFL3' in bytes 4 to 7)")
    }
    throw .unreadable(
      path: path, reason: "is no model that edgebench reads; expected a TFLite model ('TFL3' in bytes 4 to 7)"
    )
  }
}
