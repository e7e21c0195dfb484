public import Graph

/// Reads ONNX models (`.onnx`), operator sets 7 and later.
///
/// Weights stay in the mapped files, uncopied, but for those of convolutions, which are put in channels-last order. Shapes
/// are worked out anew from the inputs' shapes; those that the file has for what is in between are not read.
public struct ONNXReader {
  /// The operators that are read, as "Conv" and "com.microsoft.FusedConv", in alphabetical order.
  public static let operators: [String] = ONNXConverter.handlers.keys.sorted()

  /// - Throws: ``ModelFormatError`` naming the file, the node or tensor, and what is wrong.
  public static func read(
    contentsOf path: String, _ options: ReadOptions = ReadOptions()
  ) throws(ModelFormatError) -> Graph {
    try read(try ModelBytes(mapping: path), options)
  }

  /// Reads a model in memory; `name` stands for the path.
  public static func read(
    bytes: [UInt8], name: String, _ options: ReadOptions = ReadOptions()
  ) throws(ModelFormatError) -> Graph {
    try read(ModelBytes(copying: bytes, path: name), options)
  }

  static func inputs(_ file: ModelBytes) throws(ModelFormatError) -> [ModelInput] {
    try ONNXModel(file).graph.trueInputs.map { input in
      ModelInput(
        name: input.name,
        dimensions: input.dimensions?.map {
          switch $0 {
          case .extent(let extent): extent
          case .symbolic: nil
          }
        })
    }
  }

  static func read(_ file: ModelBytes, _ options: ReadOptions) throws(ModelFormatError) -> Graph {
    try ONNXConverter(try ONNXModel(file), options).graph()
  }
}
