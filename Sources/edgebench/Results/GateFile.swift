import DeviceProfiles
import Sizing

/// The file of requirements that `edgebench gate` reads. A key that is not known is refused, for a misspelt limit would
/// pass everything.
struct GateFile {
  private typealias Keys = [String: WritableKeyPath<RequirementTexts, String?>]

  private static var keys: Keys {
    [
      "latency": \.latency, "throughput": \.throughput, "memory": \.memory, "disk": \.disk, "load": \.load,
      "first_inference": \.firstInference, "max_accuracy_drop": \.maxAccuracyDrop,
    ]
  }

  private let file: String

  /// - Throws: ``CommandFailure`` with the line of what is wrong.
  static func read(_ path: String) throws(CommandFailure) -> GateRequirements {
    let document = try failing(as: .badInput) { try ProfileDocument(path: path, noun: "requirements") }
    return try GateFile(file: path).requirements(document.root)
  }

  private func requirements(_ root: ProfileDocument.Located) throws(CommandFailure) -> GateRequirements {
    let entries = try entries(root, "the file")
    let general = try limits(entries.filter { $0.key != "models" }, path: "", besides: ["models"])
    var models: [String: GateRequirements.ModelRequirements] = [:]
    if let list = root["models"] {
      for model in try self.entries(list, "models") {
        let path = "models.\(model.key)"
        models[model.key] = try limits(try self.entries(model.content, path), path: path + ".", besides: [])
      }
    }
    let result = GateRequirements(general: general, models: models)
    guard ([general] + models.values).contains(where: { $0.texts != RequirementTexts() }) else {
      throw failure(root.line, "limits nothing; expected a requirement such as 'latency: p99<=50ms'.")
    }
    return result
  }

  private func limits(
    _ entries: [ProfileDocument.Entry], path: String, besides others: [String]
  ) throws(CommandFailure) -> GateRequirements.ModelRequirements {
    var result = GateRequirements.ModelRequirements()
    var lines: [String: Int] = [:]
    for entry in entries {
      // As in profiles: max-accuracy-drop.
      let key = String(entry.key.map { $0 == "-" ? "_" : $0 })
      guard key == "variant" || Self.keys[key] != nil else {
        let known = Self.keys.keys.sorted() + ["variant"] + others
        let hint = closestName(to: key, among: known).map { "did you mean '\($0)'?" }
        throw failure(
          entry.keyLine,
          "\(path)\(entry.key) is not a known key; \(hint ?? "expected one of \(known.joined(separator: ", ")).")"
        )
      }
      guard case .text(let text) = entry.content.value else {
        throw failure(entry.content.line, "\(path)\(key) is not a text; expected one such as 'p99<=50ms'.")
      }
      lines[key] = entry.content.line
      if let place = Self.keys[key] { result.texts[keyPath: place] = text } else { result.variant = text }
    }
    do {
      _ = try result.texts.requirements { "\(file):\(lines[$0] ?? 1): \(path)\($0)" }
    } catch {
      throw .badInput(error.description)
    }
    return result
  }

  private func entries(
    _ node: ProfileDocument.Located, _ path: String
  ) throws(CommandFailure) -> [ProfileDocument.Entry] {
    guard case .map(let entries) = node.value else {
      throw failure(node.line, "\(path) is not a map; expected 'key: value' lines.")
    }
    return entries
  }

  private func failure(_ line: Int, _ message: String) -> CommandFailure {
    .badInput("\(file):\(line): \(message)")
  }
}
