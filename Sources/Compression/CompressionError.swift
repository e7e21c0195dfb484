public import Graph
public import Lowering

/// Why a variant cannot be made.
public enum CompressionError: Error, CustomStringConvertible {
  /// The recipe would change nothing here, or has no meaning.
  case notApplicable(recipe: String, reason: String)
  /// A recipe that quantizes activations needs to know their ranges.
  case missingCalibration(recipe: String)
  /// The table was made from another graph.
  case foreignCalibration(recipe: String, found: Int, expected: Int)
  /// A weight or an activation is infinite or not a number.
  case notFinite(tensor: String)
  /// Calibration inputs that the graph cannot be run on, or none.
  case calibration(EvaluationError)
  case noCalibrationInputs
  /// What a recipe made does not fit together: an error of this program.
  case invalid(recipe: String, GraphError)

  public var description: String {
    switch self {
    case .notApplicable(let recipe, let reason): "\(recipe) does not apply: \(reason)."
    case .missingCalibration(let recipe):
      "\(recipe) needs the ranges of activations; expected a calibration table (give inputs to calibrate on)."
    case .foreignCalibration(let recipe, let found, let expected):
      "\(recipe): the calibration table has \(found) tensors; expected \(expected), those of this graph. "
        + "Calibrate on the graph that is compressed."
    case .notFinite(let tensor):
      "tensor '\(tensor)' has an infinity or NaN; expected finite numbers. Check the model and its inputs."
    case .calibration(let error): "calibration: \(error.description)"
    case .noCalibrationInputs: "calibration: no inputs; expected at least one."
    case .invalid(let recipe, let error): "\(recipe) made a graph that does not fit together: \(error)"
    }
  }
}
