public import Graph

/// Reads ncnn models: a `.param` (text) or `.param.bin` (binary) structure, and the `.bin` with its weights beside it.
///
/// The graph's inputs and outputs have ncnn's shapes with a batch of one (`[1, channels, height, width]`);
/// in between, images are channels-last. Layers that turn detections into boxes end the graph: their inputs are its outputs.
public struct NcnnReader {
  /// The layer types that are read, in alphabetical order.
  public static let layers: [String] = NcnnConverter.types.sorted()

  /// - Parameters:
  ///   - path: The structure. The weights are the file of the same name that ends in `.bin`, unless
  ///     ``ReadOptions/randomWeights`` or ``ReadOptions/structureOnly`` says otherwise.
  /// - Throws: ``ModelFormatError`` naming the file, the layer, and what is wrong.
  public static func read(
    contentsOf path: String, _ options: ReadOptions = ReadOptions()
  ) throws(ModelFormatError) -> Graph {
    try read(try ModelBytes(mapping: path), options)
  }

  /// Reads a model in memory; `name` stands for the path of the structure.
  public static func read(
    structure: [UInt8], weights: [UInt8]? = nil, name: String, _ options: ReadOptions = ReadOptions()
  ) throws(ModelFormatError) -> Graph {
    let file = ModelBytes(copying: structure, path: name)
    let weights = weights.map { ModelBytes(copying: $0, path: weightPath(of: name)) }
    return try convert(file, try source(weights, options, path: name), options)
  }

  /// Whether a file with these first bytes is one of ncnn's.
  static func recognizes(_ start: [UInt8]) -> Bool {
    start.starts(with: Array(String(NcnnNetwork.magic).utf8)) || start.starts(with: binaryMagic)
  }

  /// The inputs that the structure declares; the first extent is a batch of one.
  static func inputs(_ file: ModelBytes) throws(ModelFormatError) -> [ModelInput] {
    do throws(NcnnError) {
      var inputs: [ModelInput] = []
      for layer in try network(file).layers where layer.type == "Input" {
        let extents = [
          try layer.integer(2, default: 0), try layer.integer(1, default: 0),
          try layer.integer(0, default: 0),
        ]
        let known = Array(extents.drop { $0 == 0 })
        let isImage = known.isEmpty || known.count == 3
        inputs.append(
          ModelInput(
            name: layer.tops.first ?? layer.name,
            dimensions: isImage ? [1] + extents.map { $0 == 0 ? nil : $0 } : known))
      }
      return inputs
    } catch {
      throw error.located(in: file.path)
    }
  }

  static func read(_ file: ModelBytes, _ options: ReadOptions) throws(ModelFormatError) -> Graph {
    var weights: ModelBytes?
    if options.randomWeights == nil {
      let path = weightPath(of: file.path)
      do {
        weights = try ModelBytes(mapping: path)
      } catch {
        guard options.structureOnly else {
          throw .unreadable(
            path: file.path,
            reason: "its weights are missing (\(error.description)); put them there, or give --random-weights"
          )
        }
      }
    }
    return try convert(file, try source(weights, options, path: file.path), options)
  }

  private static func source(
    _ weights: ModelBytes?, _ options: ReadOptions, path: String
  ) throws(ModelFormatError) -> NcnnWeights.Source {
    if let weights { return .file(weights) }
    if options.structureOnly { return .none }
    guard let seed = options.randomWeights else {
      throw .unreadable(path: path, reason: "its weights are missing; give --random-weights")
    }
    return .random(WeightRequest.seeded(seed))
  }

  private static func convert(
    _ file: ModelBytes, _ source: NcnnWeights.Source, _ options: ReadOptions
  ) throws(ModelFormatError) -> Graph {
    do throws(NcnnError) {
      let network = try network(file)
      var converter = NcnnConverter(
        name: modelName(of: file.path), weights: NcnnWeights(source),
        omitsUnsupported: options.omitsUnsupported)
      let graph = try converter.graph(of: network, inputShapes: options.inputShapes)
      for note in converter.notes { options.note?("\(file.path): \(note)") }
      return graph
    } catch {
      throw error.located(in: file.path)
    }
  }

  private static func network(_ file: ModelBytes) throws(NcnnError) -> NcnnNetwork {
    let isBinary = file.bytes.prefix(4).elementsEqual(binaryMagic)
    return try isBinary ? NcnnBinary.read(file.bytes) : NcnnText.read(file.bytes)
  }

  private static let binaryMagic = withUnsafeBytes(of: NcnnNetwork.magic.littleEndian) { Array($0) }

  /// "net.param" and "net.param.bin" have their weights in "net.bin".
  private static func weightPath(of path: String) -> String { stem(of: path) + ".bin" }

  private static func modelName(of path: String) -> String {
    stem(of: path.split(separator: "/").last.map(String.init) ?? path)
  }

  private static func stem(of path: String) -> String {
    for suffix in [".param.bin", ".param"] where path.hasSuffix(suffix) {
      return String(path.dropLast(suffix.count))
    }
    return path
  }
}
