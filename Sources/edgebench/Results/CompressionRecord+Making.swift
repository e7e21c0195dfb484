import Compression
import Execution
import Foundation
import Graph

extension CompressionRecord.File {
  init(_ graph: Graph, path: String, sha256: String, bytes: Int?) {
    var weights: [String: Int] = [:]
    for tensor in graph.tensors {
      if let data = tensor.constant { weights["\(tensor.elementType)", default: 0] += data.byteCount }
    }
    self.init(
      path: path, sha256: sha256, bytes: bytes, weightBytes: weights,
      inputs: graph.inputs.map { .init(graph[$0]) }, outputs: graph.outputs.map { .init(graph[$0]) })
  }

  /// The file at `path`, which holds `graph`.
  init(written graph: Graph, to path: String) throws(CommandFailure) {
    let (digest, size) = try failing(as: .runFailed) {
      (try FileDigest.sha256(of: path), try Self.size(of: path))
    }
    self.init(graph, path: path, sha256: digest, bytes: size)
  }

  static func size(of path: String) throws -> Int? {
    (try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue
  }
}

extension CompressionRecord.Data {
  init(_ data: EvaluationData) {
    self.init(
      name: data.dataset.name, sha256: data.digest, calibrationSamples: data.split.calibration.count,
      validationSamples: data.split.validation.count, testSamples: data.split.test.count)
  }
}

extension CompressionRecord.Training {
  /// - Parameter isDerived: Whether the student was made from the model's structure, rather than by the recipes before.
  init(_ training: CompressionJob.Training, studentSHA256: String?, isDerived: Bool, share: Double?) {
    let options = training.options
    let isDerived = isDerived && training.student == nil
    self.init(
      samples: training.samples.count, augmentation: options.augment.rawValue, epochs: options.epochs,
      learningRate: options.learningRate, temperature: options.temperature, softWeight: options.softWeight,
      seed: training.seed,
      studentSha256: studentSHA256, width: isDerived ? options.width : nil,
      depth: isDerived ? options.depth : nil, share: share)
  }
}

extension CompressionRecord.Fidelity {
  /// - Parameter named: What the samples are.
  /// - Returns: `nil` where no output is of real numbers.
  init?(
    of graph: Graph, to source: Graph, on samples: [[TensorData]], named name: String
  ) throws(CommandFailure) {
    let outputs = try failing(as: .runFailed) {
      try OutputFidelity.comparingOutputs(of: graph, to: source, on: samples)
    }
    let compared = zip(source.outputs, outputs).compactMap { id, fidelity in
      fidelity.map { CompressionRecord.Output(source[id].name, $0) }
    }
    guard !compared.isEmpty else { return nil }
    self.init(inputs: name, samples: samples.count, outputs: compared)
  }
}
