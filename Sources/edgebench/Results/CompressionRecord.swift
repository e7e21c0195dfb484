import Compression
import Foundation
import Graph
import Records

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
  var data: Data?
  var training: Training?
  var fidelity: Fidelity?
  var accuracy = Task.unknown

  /// What `--dataset` gave, and how it was divided: no sample serves two purposes.
  struct Data: Encodable {
    var name: String
    var sha256: String
    /// Of calibration and training.
    var calibrationSamples: Int
    var validationSamples: Int
    var testSamples: Int
  }

  /// What the recipes that train were told. With source, data and seed it determines the artefact's bits on one instruction set.
  struct Training: Encodable {
    var samples: Int
    var augmentation: String
    var epochs: Int
    var learningRate: Float
    var temperature: Float
    var softWeight: Float
    var seed: UInt64
    /// A given student's digest; `nil` for one made from the model.
    var studentSha256: String?
    /// Of the channels and layers of a derived student.
    var width: Double?
    var depth: Double?
    /// Of the channels that this member of a family keeps.
    var share: Double?
  }

  /// How well the artefact does its task, on the labelled test samples.
  enum Task: Encodable {
    case unknown
    case measured(Accuracy)

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .unknown: try container.encode("unknown")
      case .measured(let accuracy): try container.encode(accuracy)
      }
    }
  }

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
    /// What both ran on: "the test samples", "the calibration samples" or "seeded numbers", which say nothing of the task.
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
    /// Its number among the samples, from 0.
    var worstSample: Int?
    var cosine: Double?
    /// Samples whose largest element is at the same place.
    var topOneAgreement: Double?
    /// Whether every element is the same.
    var isExact: Bool

    init(_ name: String, _ fidelity: OutputFidelity) {
      self.name = name
      sqnrDb = fidelity.signalToNoise.flatMap { $0.isFinite ? $0 : nil }
      worstSqnrDb = fidelity.worst.flatMap { $0.signalToNoise.isFinite ? $0.signalToNoise : nil }
      worstSample = fidelity.worst.flatMap { $0.signalToNoise.isFinite ? $0.sample : nil }
      cosine = fidelity.cosine
      topOneAgreement = fidelity.topOneAgreement
      isExact = fidelity.signalToNoise == .infinity
    }
  }
}

extension CompressionRecord {
  func json() throws -> Foundation.Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(self) + Foundation.Data("\n".utf8)
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
        let cosine = output.cosine.map { String(format: "%.4f", $0) } ?? "-"
        let worst = output.worstSample.map { " \($0)" } ?? ""
        lines.append(
          "    \(output.name): "
            + (output.isExact
              ? "the same"
              : "SQNR \(decibels(output.sqnrDb)), cosine \(cosine), top-1 agreement \(agreement), worst sample\(worst) \(decibels(output.worstSqnrDb))")
        )
      }
    }
    if arithmetic != "f32" {
      lines.append("  multiplies in \(arithmetic), whose roundings the fidelity leaves out")
    }
    lines.append("  accuracy  \(accuracy.text)")
    return lines.joined(separator: "\n") + "\n"
  }
}

extension CompressionRecord.Task {
  /// "98.78 %, reference 99.11 %, drop +0.33 [-0.22, +1.04] pp, within noise; worst class 8: 98.9 to 96.6 %".
  var text: String {
    guard case .measured(let accuracy) = self else { return "unknown" }
    func percent(_ value: Double) -> String { String(format: "%.2f %%", 100 * value) }
    var text = "\(percent(accuracy.value)), reference \(percent(accuracy.reference))"
    if let drop = accuracy.drop {
      text += String(
        format: ", drop %+.2f [%+.2f, %+.2f] pp", 100 * (accuracy.reference - accuracy.value),
        100 * drop.lower,
        100 * drop.upper)
    }
    if accuracy.isWithinNoise == true { text += ", within noise" }
    if let worst = accuracy.worstClass, worst.value < worst.reference {
      text += "; worst class \(worst.name): \(percent(worst.reference)) to \(percent(worst.value))"
    }
    return "\(text) (\(accuracy.inputCount) test samples)"
  }
}

private func zip(_ a: Int?, _ b: Int?) -> (Double, Double)? {
  guard let a, let b, b > 0 else { return nil }
  return (Double(a), Double(b))
}
