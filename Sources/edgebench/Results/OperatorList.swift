import ModelFormats
import Reporting

/// The operators of each format: those that are run and, of TFLite's, those that are not.
struct OperatorList {
  /// In alphabetical order, with their numbers in the schema.
  var run: [(name: String, number: Int)] = []
  /// Custom operators that are run, by the names that models give them.
  let custom = TFLiteReader.customOperators
  /// ONNX's operators that are run, and those of other domains with the domain before them.
  let onnx = ONNXReader.operators
  /// ncnn's layers that are run.
  let ncnn = NcnnReader.layers
  /// Core ML's operations of ML programs, and its layers of neural networks.
  let program = CoreMLReader.operators
  let layers = CoreMLReader.layers
  /// In alphabetical order.
  var missing: [String] = []

  /// Names in the schema that stand for no operator of a model.
  private static let placeholders: Set = ["CUSTOM", "DELEGATE", "PLACEHOLDER_FOR_GREATER_OP_CODES"]

  init() {
    let known = Set(TFLiteReader.operators)
    for (number, name) in TFLiteReader.builtins.enumerated() where !Self.placeholders.contains(name) {
      if known.contains(name) { run.append((name, number)) } else { missing.append(name) }
    }
    run.sort { $0.name < $1.name }
    missing.sort()
  }

  var table: Table {
    var table = Table([.init("operator"), .init("number", .trailing)])
    for entry in run { table.append([.init(entry.name), .init("\(entry.number)")]) }
    return table
  }

  var markdown: String {
    """
    # Operators

    What `edgebench operators --markdown` prints; `make docs` writes it here.

    ## TFLite
    A model of these built-in operators is read and run, in f32, with f16 weights, and quantized to 8 bits where TFLite
    itself has that form. The number is that of the schema's `BuiltinOperator`. Any other operator is named in the error that
    refuses the model.

    \(table.markdown)
    Custom operators: \(Self.quoted(custom)).

    Not run: \(Self.quoted(missing)).

    ## ONNX
    Operator sets 7 and later. A model's own functions are read as the nodes that they stand for.

    \(Self.quoted(onnx)).

    ## Core ML
    Models (`.mlmodel`) and packages (`.mlpackage`), of a neural network, an ML program, or a pipeline of them. Half precision
    is computed in single precision.

    Operations of ML programs: \(Self.quoted(program)).

    Layers of neural networks: \(Self.quoted(layers)).

    ## ncnn
    `.param` and `.param.bin`, with the `.bin` beside it or `--random-weights`. Layers that make boxes of detections
    (`DetectionOutput`, `YoloDetectionOutput`, `Yolov3DetectionOutput`) end the graph: their inputs are its outputs.

    \(Self.quoted(ncnn)).

    """
  }

  private static func quoted(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }
}
