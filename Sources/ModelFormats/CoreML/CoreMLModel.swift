import Graph

/// A Core ML model as its file describes it (Model): inputs, outputs, and what computes them.
///
/// - Source: coremltools, mlmodel/format, Model.proto and FeatureTypes.proto.
struct CoreMLModel {
  let file: ModelBytes
  private(set) var inputs: [CoreMLFeature] = []
  private(set) var outputs: [CoreMLFeature] = []
  /// Of a classifier: its outputs for the winner's label and for the probabilities.
  private(set) var labelOutput = ""
  private(set) var probabilityOutput = ""
  private(set) var body: Body = .none

  enum Body {
    case none
    case neuralNetwork(ProtobufMessage)
    case program(ProtobufMessage)
    /// Models that run one after the other.
    case pipeline(ProtobufMessage)
    /// Any other kind, by the schema's name.
    case other(String)
  }

  init(_ message: ProtobufMessage) throws(ModelFormatError) {
    file = message.file
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 2: try readDescription(try message.message(field, "the model's description"))
      case 200, 201:
        // Pipelines of classifiers and regressors wrap a pipeline.
        let wrapper = try message.message(field, "the pipeline")
        try wrapper.forEachField { (inner) throws(ModelFormatError) in
          if inner.number == 1 { body = .pipeline(try wrapper.message(inner, "the pipeline")) }
        }
      case 202: body = .pipeline(try message.message(field, "the pipeline"))
      case 303, 403, 500: body = .neuralNetwork(try message.message(field, "the neural network"))
      case 502: body = .program(try message.message(field, "the program"))
      case 200...: body = .other(Self.kinds[field.number] ?? "a model of kind \(field.number)")
      default: break
      }
    }
  }

  private mutating func readDescription(_ message: ProtobufMessage) throws(ModelFormatError) {
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 1:
        inputs.append(try CoreMLFeature(try message.message(field, "input \(inputs.count) of the model")))
      case 10:
        outputs.append(try CoreMLFeature(try message.message(field, "output \(outputs.count) of the model")))
      case 11: labelOutput = try message.string(field)
      case 12: probabilityOutput = try message.string(field)
      case 13:
        throw .unsupported(path: file.path, place: "the model", feature: "keeps a state between predictions")
      case 20:
        let function = try message.message(field, "a function of the model")
        if inputs.isEmpty && outputs.isEmpty { try readFunction(function) }
      default: break
      }
    }
  }

  /// A model of several functions has its inputs there.
  private mutating func readFunction(_ message: ProtobufMessage) throws(ModelFormatError) {
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 2:
        inputs.append(try CoreMLFeature(try message.message(field, "input \(inputs.count) of the model")))
      case 3:
        outputs.append(try CoreMLFeature(try message.message(field, "output \(outputs.count) of the model")))
      default: break
      }
    }
  }

  /// The first of the file's fields tells: a version, then a description.
  static func isLikely(_ file: ModelBytes) -> Bool {
    var cursor = ProtobufCursor(file: file, range: 0..<file.bytes.count, place: "the model")
    guard let first = try? cursor.nextField(), first.number == 1, case .varint(let version) = first.value,
      version <= 64, let second = try? cursor.nextField(), second.number == 2,
      case .bytes(let range) = second.value
    else { return false }
    // ONNX files start alike; their field 2 is the name of the program that wrote them.
    var description = ProtobufCursor(file: file, range: range, place: "the description")
    guard let field = try? description.nextField(), case .bytes = field.value else { return false }
    return [1, 10, 11, 12, 13, 20, 21, 50, 100].contains(field.number)
  }

  private static let kinds: [Int: String] = [
    300: "a generalized linear regressor", 301: "a support vector regressor", 302: "a tree ensemble",
    304: "a Bayesian probit regressor", 400: "a generalized linear classifier",
    401: "a support vector classifier",
    402: "a tree ensemble", 404: "a nearest neighbours classifier", 501: "a recommender",
    555: "a custom model",
    556: "a linked model", 560: "class confidence thresholding", 600: "a one-hot encoder", 601: "an imputer",
    602: "a feature vectorizer", 603: "a dictionary vectorizer", 604: "a scaler",
    606: "a categorical mapping",
    607: "a normalizer", 609: "an array feature extractor", 610: "non-maximum suppression",
    900: "an identity",
    2000: "a text classifier", 2001: "a word tagger", 2002: "a vision feature print",
    2003: "sound analysis preprocessing", 2004: "a gazetteer", 2005: "a word embedding",
    2006: "an audio feature print", 3000: "a serialized model",
  ]
}
