import Engines
import Foundation
import Graph
import ModelFormats
import Records

/// The formats that models are written in, by the file's extension.
enum ModelFile: String, CaseIterable {
  case tflite, onnx
  /// A plan: what the agent runs, packed for this processor.
  case ebplan
  /// A compact graph: pruned, clustered and 4-bit weights stored small.
  case ebgraph

  /// - Throws: ``CommandFailure`` for any other extension.
  init(path: String) throws(CommandFailure) {
    guard let format = ModelFile(rawValue: (path as NSString).pathExtension) else {
      let known = Self.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
      throw .badInput("\(path): its extension names no format; expected one of \(known).")
    }
    self = format
  }

  /// Writes `graph` so that either the old or the new file is there, whole.
  ///
  /// - Parameter engine: Makes plans, for the processor that it is for.
  func write(_ graph: Graph, to path: String, engine: BuiltinEngine = BuiltinEngine()) throws(CommandFailure)
  {
    switch self {
    case .tflite:
      let bytes = try failing(as: .badInput) { try TFLiteWriter.bytes(of: graph) }
      try failing(as: .runFailed) { try AtomicFile.write(Data(bytes), to: path) }
    case .onnx:
      let bytes = try failing(as: .badInput) { try ONNXWriter.bytes(of: graph) }
      try failing(as: .runFailed) { try AtomicFile.write(Data(bytes), to: path) }
    case .ebgraph:
      let bytes = CompactGraphFile(graph).serialized()
      try failing(as: .runFailed) { try AtomicFile.write(Data(bytes), to: path) }
    case .ebplan:
      do throws(EngineError) {
        _ = try engine.makeArtefact(of: graph, at: path)
      } catch {
        switch error {
        case .cannotRun(let reason): throw .badInput(reason)
        case .cannotWrite(let reason): throw .runFailed(reason)
        }
      }
    }
  }
}
