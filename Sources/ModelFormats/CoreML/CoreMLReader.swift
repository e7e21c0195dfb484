public import Graph

/// Reads Core ML models: neural networks (`.mlmodel`) and ML programs (`.mlpackage`, a folder).
///
/// Core ML's operators are channels-first and close to ONNX's; each becomes one or a few ONNX nodes, which the ONNX converter makes
/// the graph of. Half-precision programs are computed in single precision: weights stay as they are stored and are widened.
/// Weights stay in the mapped files, but for those that are compressed in a form that no kernel reads.
public struct CoreMLReader {
  /// The operations of ML programs that are read, in alphabetical order.
  public static let operators: [String] = (CoreMLConverter.operations.keys + ["const"]).sorted()

  /// The layers of neural networks that are read, by the schema's names, in alphabetical order.
  public static let layers: [String] = CoreMLConverter.layers.keys.compactMap { NeuralNetworkLayer.names[$0] }
    .sorted()

  /// - Parameter path: A `.mlmodel` file, a `.mlpackage` folder, or the model's file inside one.
  /// - Throws: ``ModelFormatError`` naming the file, the operation or layer, and what is wrong.
  public static func read(
    contentsOf path: String, _ options: ReadOptions = ReadOptions()
  ) throws(ModelFormatError) -> Graph {
    try read(try CoreMLPackage(path), options)
  }

  /// Reads a model in memory, which has no weights beside it; `name` stands for the path.
  public static func read(
    bytes: [UInt8], name: String, _ options: ReadOptions = ReadOptions()
  ) throws(ModelFormatError) -> Graph {
    try read(CoreMLPackage(memory: ModelBytes(copying: bytes, path: name)), options)
  }

  /// The inputs that the model declares. A neural network takes a batch in front of what it declares, so its shapes are open.
  static func inputs(_ package: CoreMLPackage) throws(ModelFormatError) -> [ModelInput] {
    let model = try CoreMLModel(ProtobufMessage(rootOf: package.model, place: "the model"))
    var isOpen = true
    if case .program = model.body { isOpen = false }
    return model.inputs.map { input in
      let dimensions: [Int?]? =
        switch input.kind {
        case .array(let shape, _) where !shape.isEmpty: shape
        case .image(let height, let width, let channels, _): [1, channels, height, width]
        case .scalar: [1]
        case .array, .other: nil
        }
      return ModelInput(name: input.name, dimensions: isOpen || input.isFlexible ? nil : dimensions)
    }
  }

  static func read(_ package: CoreMLPackage, _ options: ReadOptions) throws(ModelFormatError) -> Graph {
    try CoreMLConverter(package, options).graph()
  }
}
