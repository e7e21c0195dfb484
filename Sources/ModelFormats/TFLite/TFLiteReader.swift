public import Graph

/// Reads TFLite models (`.tflite`, schema version 3).
///
/// Weights stay in the mapped file, uncopied. Shapes are worked out anew from the inputs' shapes, as LiteRT does;
/// those that the file has for activations are read only where an operator does not determine them.
public struct TFLiteReader {
  /// The built-in operators that are read, by the schema's names, in alphabetical order.
  public static let operators: [String] =
    (Array(TFLiteConverter.unaries.keys) + Array(TFLiteConverter.binaries.keys)
    + Array(TFLiteConverter.reductions.keys) + TFLiteConverter.cases + TFLiteConverter.stableOperators)
    .sorted()

  /// Every built-in operator of the schema, read or not; its number is its index.
  public static let builtins: [String] = TFLiteBuiltins.names

  /// The custom operators that are read, by the names that models give them.
  public static let customOperators = TFLiteConverter.customOperators

  /// - Parameters:
  ///   - path: A regular file.
  ///   - options: Shapes that the model leaves open.
  /// - Throws: ``ModelFormatError`` naming the file, the operator or tensor, and what is wrong.
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

  static func inputs(_ file: ModelBytes, signature: String? = nil) throws(ModelFormatError) -> [ModelInput] {
    let model = try TFLiteModel(file)
    let subgraph = try model.subgraph(try model.subgraphIndex(signature: signature))
    return subgraph.inputs.map { index in
      let tensor = subgraph.tensors[index]
      return ModelInput(name: tensor.name, dimensions: tensor.openDimensions)
    }
  }

  static func read(_ file: ModelBytes, _ options: ReadOptions) throws(ModelFormatError) -> Graph {
    let model = try TFLiteModel(file)
    var converter = try TFLiteConverter(
      model: model, subgraph: try model.subgraphIndex(signature: options.signature), options: options)
    return try converter.convert()
  }
}
