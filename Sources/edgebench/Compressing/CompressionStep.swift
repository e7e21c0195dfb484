import Compression
import DeviceProfiles
import Units

/// One name of `--recipe`: a function of the graph, or a training.
enum CompressionStep: Sendable, Hashable {
  case recipe(Recipe)
  case distilled, aware, joint

  private static let trainings: [(name: String, summary: String, step: CompressionStep)] = [
    ("distilled", "a student taught by the model", .distilled),
    ("qat", "8-bit weights and activations, trained so", .aware),
    ("joint", "a family of pruned students, taught and trained in 8 bits", .joint),
  ]

  var name: String {
    if case .recipe(let recipe) = self { return recipe.name }
    return Self.trainings.first { $0.step == self }?.name ?? ""
  }

  var trains: Bool { if case .recipe = self { false } else { true } }

  var needsCalibration: Bool { if case .recipe(let recipe) = self { recipe.needsCalibration } else { true } }

  /// "distilled (a student taught by the model), ...", for help.
  static var trainingSummary: String {
    trainings.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ")
  }

  /// Reads "pruned-50,distilled,int8-static".
  ///
  /// - Throws: ``CommandFailure`` for an unknown name, and for steps that cannot follow each other.
  static func parse(_ text: String) throws(CommandFailure) -> [CompressionStep] {
    var steps: [CompressionStep] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let name = String(part)
      if let training = trainings.first(where: { $0.name == name }) {
        steps.append(training.step)
      } else if let recipe = Recipe(named: name) {
        steps.append(.recipe(recipe))
      } else {
        throw .badInput("Unknown recipe '\(printable(name, limit: 60))'. \(hint(name))")
      }
    }
    if steps.contains(.joint), steps.count > 1 {
      throw .badInput(
        "--recipe has other recipes beside 'joint'; expected it alone: it prunes and quantizes itself.")
    }
    if let index = steps.firstIndex(of: .aware), index != steps.count - 1 {
      throw .badInput(
        "--recipe has '\(steps[index + 1].name)' after 'qat'; expected 'qat' last: it makes the steps itself."
      )
    }
    return steps
  }

  private static func hint(_ name: String) -> String {
    let names = Recipe.all.map(\.name) + trainings.map(\.name)
    if let closest = closestName(to: name, among: names) { return "Did you mean '\(closest)'?" }
    return "There are: \(names.joined(separator: ", "))."
  }
}
