import Compression
import Foundation
import Graph

/// Where a compressed model comes from, and how near it is to what it was made of: `OUT.json` beside `OUT`.
struct CompressionRecord: Encodable {
  var schema = 1
  /// The program, with the digest of its own file.
  var tool: String
  var command: String
  var source: File
  var artefact: File
  var recipes: [String]
  /// Of a plan's products of reals: "f32" or "f16". The fidelity is that of f32 in any case.
  var arithmetic: String
  var calibration: Calibration?
  var fidelity: Fidelity?
  /// Of the task, on labelled data: none were given.
  var accuracy = "unknown"

  struct File: Encodable {
    var path: String
    var sha256: String
    var bytes: Int?
    /// Bytes of constants by element type.
    var weightBytes: [String: Int]
    var inputs: [Port]
    var outputs: [Port]
  }

  struct Port: Encodable {
    var name: String
    var type: String
    var shape: [Int]
    init(_ tensor: Tensor) {
      name = tensor.name
      type = "\(tensor.elementType)"
      shape = tensor.shape.dimensions
    }
  }

  struct Calibration: Encodable {
    /// "given" or "seeded".
    var inputs: String
    var samples: Int
    var sha256: String?
    var seed: UInt64?
    /// How the ranges of activations were chosen: "min-max"; `nil` where none were needed.
    var ranges: String?
    /// Whether channels were brought to like ranges first.
    var equalizesChannels: Bool?
  }

  /// The outputs against the source's, on the same inputs.
  struct Fidelity: Encodable {
    /// What both ran on: "the calibration samples" or "seeded numbers", which say nothing of the task.
    var inputs: String
    var samples: Int
    var outputs: [Output]
  }

  struct Output: Encodable {
    var name: String
    /// The source's power over that of the difference, in decibels; `nil` where there is no difference or no signal.
    var sqnrDb: Double?
    /// The sample that comes off worst.
    var worstSqnrDb: Double?
    var cosine: Double?
    /// Samples whose largest element is at the same place.
    var topOneAgreement: Double?
    /// Whether every element is the same.
    var isExact: Bool

    init(_ name: String, _ fidelity: OutputFidelity) {
      self.name = name
      sqnrDb = fidelity.signalToNoise.flatMap { $0.isFinite ? $0 : nil }
      worstSqnrDb = fidelity.worst.flatMap { $0.signalToNoise.isFinite ? $0.signalToNoise : nil }
      cosine = fidelity.cosine
      topOneAgreement = fidelity.topOneAgreement
      isExact = fidelity.signalToNoise == .infinity
    }
  }
}

extension CompressionRecord {
  func data() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(self) + Data("\n".utf8)
  }

  /// The record in a few lines.
  var text: String {
    func decibels(_ value: Double?) -> String { value.map { String(format: "%.1f dB", $0) } ?? "-" }
    var lines = ["\(artefact.path)  \(recipes.joined(separator: ", "))"]
    let share =
      zip(artefact.bytes, source.bytes).map { String(format: " (%.2f of the source)", $0 / $1) } ?? ""
    lines.append("  size      \(artefact.bytes ?? 0) bytes\(share)")
    if let fidelity {
      lines.append("  fidelity  on \(fidelity.samples) samples, \(fidelity.inputs)")
      for output in fidelity.outputs {
        let agreement = output.topOneAgreement.map { String(format: "%.1f %%", 100 * $0) } ?? "-"
        lines.append(
          "    \(output.name): "
            + (output.isExact
              ? "the same"
              : "SQNR \(decibels(output.sqnrDb)), worst sample \(decibels(output.worstSqnrDb)), top-1 agreement \(agreement)")
        )
      }
    }
    if arithmetic != "f32" {
      lines.append("  multiplies in \(arithmetic), whose roundings the fidelity leaves out")
    }
    lines.append("  accuracy  \(accuracy)")
    return lines.joined(separator: "\n") + "\n"
  }
}

private func zip(_ a: Int?, _ b: Int?) -> (Double, Double)? {
  guard let a, let b, b > 0 else { return nil }
  return (Double(a), Double(b))
}
