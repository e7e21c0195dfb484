import Datasets
import Digests
import Execution
import Foundation
import Graph
import ModelFormats
import Records
import ReferenceSuite

/// A model to be sized: who it is, and how to get it.
struct Subject {
  var identity: ModelIdentity
  var load: () throws(CommandFailure) -> Graph
  /// What a trained model of the reference suite was trained for; other models' data are the user's.
  var ownData: Dataset?

  /// The model in a file.
  ///
  /// - Parameter shapes: Of inputs that the model leaves open.
  init(path: String, shapes: [String: Shape] = [:]) throws(CommandFailure) {
    // The reader is asked first: it knows what is no model, and refuses it before its bytes are hashed.
    let graph = try failing(as: .badInput) { try ModelReader.read(path, ReadOptions(inputShapes: shapes)) }
    let format = try failing(as: .badInput) { try ModelReader.format(of: path) }
    let digest = try failing(as: .badInput) { try FileDigest.sha256(of: path) }
    let file = (path as NSString).lastPathComponent
    identity = ModelIdentity(
      name: (file as NSString).deletingPathExtension, file: file, sha256: digest, format: format.rawValue)
    load = { () throws(CommandFailure) in graph }
  }

  /// A model of the reference suite, built when it is needed.
  init(_ model: ReferenceModel) {
    // The suite's models are functions of their code and seed, so the revision stands for the bytes.
    identity = ModelIdentity(
      name: model.id, file: nil,
      sha256: SHA256.hexadecimal(of: "reference suite, revision \(ReferenceSuite.revision): \(model.id)"),
      format: "built-in")
    load = { () throws(CommandFailure) in try failing(as: .runFailed) { try model.build() } }
    ownData = model.isTrained ? .digits : nil
  }
}
