public import Graph

/// Reads a model of any format that edgebench knows, told by its first bytes.
public struct ModelReader {
  /// - Throws: ``ModelFormatError`` naming the file and what is wrong with it.
  public static func read(_ path: String, _ options: ReadOptions = ReadOptions()) throws(ModelFormatError)
    -> Graph
  {
    if CoreMLPackage.isFolder(path) { return try CoreMLReader.read(try CoreMLPackage(path), options) }
    let file = try ModelBytes(mapping: path)
    switch try format(of: file) {
    case .tflite: return try TFLiteReader.read(file, options)
    case .onnx: return try ONNXReader.read(file, options)
    case .coreml: return try CoreMLReader.read(try CoreMLPackage(path), options)
    case .ncnn: return try NcnnReader.read(file, options)
    case .compact: return try CompactGraphFile(bytes: Array(file.bytes), path: path).graph
    }
  }

  /// The inputs that the model in a file declares, in its order; its operators are not looked at.
  ///
  /// - Parameter signature: That of a TFLite model to look at, in place of its main graph.
  public static func inputs(of path: String, signature: String? = nil) throws(ModelFormatError)
    -> [ModelInput]
  {
    if CoreMLPackage.isFolder(path) { return try CoreMLReader.inputs(try CoreMLPackage(path)) }
    let file = try ModelBytes(mapping: path)
    switch try format(of: file) {
    case .tflite: return try TFLiteReader.inputs(file, signature: signature)
    case .onnx: return try ONNXReader.inputs(file)
    case .coreml: return try CoreMLReader.inputs(try CoreMLPackage(path))
    case .ncnn: return try NcnnReader.inputs(file)
    case .compact:
      let graph = try CompactGraphFile(bytes: Array(file.bytes), path: path).graph
      return graph.inputs.map { ModelInput(name: graph[$0].name, dimensions: graph[$0].shape.dimensions) }
    }
  }

  /// The format of the model in a file.
  public static func format(of path: String) throws(ModelFormatError) -> ModelFormat {
    if CoreMLPackage.isFolder(path) { return .coreml }
    return try format(of: try ModelBytes(mapping: path))
  }

  private static func format(of file: ModelBytes) throws(ModelFormatError) -> ModelFormat {
    let start = Array(file.bytes.prefix(8))
    if start.count == 8, start[4...].elementsEqual(TFLiteModel.identifier) { return .tflite }
    if NcnnReader.recognizes(start) { return .ncnn }
    if start == CompactGraphFile.magic { return .compact }
    let path = file.path
    if path.hasSuffix(".mlmodel") || (!path.hasSuffix(".onnx") && CoreMLModel.isLikely(file)) {
      return .coreml
    }
    let known = [".param": "an ncnn"]
    if let format = known.first(where: { path.hasSuffix($0.key) })?.value {
      throw .unreadable(
        path: path,
        reason:
          "is named like \(format) model; this edgebench reads TFLite models ('TFL3' in bytes 4 to 7), ONNX and Core ML models and ncnn's (first line 7767517)"
      )
    }
    if path.hasSuffix(".onnx") || (!path.hasSuffix(".tflite") && ONNXModel.isLikely(file)) { return .onnx }
    throw .unreadable(
      path: path,
      reason:
        "is no model that edgebench reads; expected a TFLite ('TFL3' in bytes 4 to 7), ONNX, Core ML or ncnn model"
    )
  }
}

/// The formats that models are read from; the raw value is the name in records.
public enum ModelFormat: String, Sendable, Hashable {
  case tflite, onnx, coreml, ncnn
  /// edgebench's own: ``CompactGraphFile``.
  case compact = "ebgraph"
}
