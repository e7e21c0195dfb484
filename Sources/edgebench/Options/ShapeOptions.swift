import ArgumentParser
import Graph

/// `--shape`: for models that leave an input's shape open.
struct ShapeOptions: ParsableArguments {
  @Option(
    name: .customLong("shape"),
    help: ArgumentHelp(
      "An input's shape, where the model leaves it open. Repeat for more.", valueName: "NAME=1x3x224x224"))
  var shapes: [String] = []

  /// The shapes by input name.
  func byName() throws(CommandFailure) -> [String: Shape] {
    var result: [String: Shape] = [:]
    for text in shapes {
      let parts = text.split(separator: "=", omittingEmptySubsequences: false)
      let dimensions =
        parts.last?.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) } ?? []
      let name = parts.dropLast().joined(separator: "=")
      guard !name.isEmpty, !dimensions.isEmpty, dimensions.allSatisfy({ ($0 ?? 0) > 0 }) else {
        throw .badInput("--shape is '\(text)'; expected a name and a shape such as 'input=1x224x224x3'.")
      }
      guard result.updateValue(Shape(dimensions.compactMap { $0 }), forKey: name) == nil else {
        throw .badInput("--shape gives '\(name)' twice.")
      }
    }
    return result
  }
}
