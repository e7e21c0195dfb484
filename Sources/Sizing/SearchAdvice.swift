import Records

/// What to try next where no variant that was tried suffices, and why: from what binds.
struct SearchAdvice {
  /// Assessed, all of them compressed.
  let candidates: [CandidateAssessment]
  /// Variants that are on record or cannot be made.
  let known: Set<String>

  /// A recipe, and what it is good for.
  private struct Suggestion {
    var recipe: String
    var why: String
    /// Whether it takes data to train on.
    var trains: Bool
  }

  /// One sentence a suggestion, the least invasive first; two at most.
  var sentences: [String] {
    guard let closest = SizingDecision.closest(candidates), let worst = closest.worst else { return [] }
    let suggestions = self.suggestions(for: closest, worst).filter { !known.contains(variant($0.recipe)) }
    return suggestions.prefix(2).map { suggestion in
      let command =
        "edgebench compress MODEL --recipe \(suggestion.recipe)\(suggestion.trains ? " --dataset DIR" : "")"
      return "try \(suggestion.recipe): \(suggestion.why) ('\(command) -o OUT')"
    }
  }

  /// The name that records have for what a recipe makes.
  private func variant(_ recipe: String) -> String { recipe.replacing(",", with: "+") }

  private func suggestions(for closest: CandidateAssessment, _ worst: Assessment) -> [Suggestion] {
    let variant = closest.candidate.configuration.variant
    let onlyAccuracy = closest.exceeded.allSatisfy { $0.requirement.metric == .accuracyDrop }
    if onlyAccuracy { return restoring(variant) }
    let factor = worst.excess.isFinite ? ", and \(decimal(worst.excess, 1))x is missing" : ""
    let share = worst.excess.isFinite && worst.excess > 3.5 ? "0.25" : "0.5"
    switch worst.requirement.metric {
    case .latency, .throughput, .firstInference:
      return [
        Suggestion(
          recipe: "pruned-50,int8-static",
          why: "time binds\(factor); half of the channels is about a quarter of the products, in 8 bits",
          trains: false),
        Suggestion(
          recipe: "joint --shares \(share)",
          why: "what is pruned that far loses its accuracy unless the model teaches it", trains: true),
      ]
    case .disk, .load:
      return [
        Suggestion(
          recipe: "clustered-4bit", why: "storage binds\(factor); 16 values a layer are 4 bits a weight",
          trains: false),
        Suggestion(
          recipe: "joint --shares \(share)",
          why: "fewer channels, in 8 bits, are smaller than fewer bits alone", trains: true),
      ]
    case .peakMemory:
      return [
        Suggestion(
          recipe: "pruned-50,int8-static",
          why: "memory binds\(factor); activations of 8 bits and half of the channels are an eighth",
          trains: false),
        Suggestion(
          recipe: "distilled --width \(share)",
          why: "a narrower student keeps more accuracy than a model pruned without training", trains: true),
      ]
    case .accuracyDrop: return restoring(variant)
    }
  }

  /// What gives accuracy back to a variant that meets everything else.
  private func restoring(_ variant: String) -> [Suggestion] {
    if variant.hasPrefix("int8") {
      return [
        Suggestion(
          recipe: "qat",
          why:
            "\(variant) meets all but the accuracy; trained while rounded, weights find steps that lose less",
          trains: true)
      ]
    }
    return [
      Suggestion(
        recipe: "\(variant.replacing("+", with: ",")),distilled",
        why:
          "\(variant) meets all but the accuracy; taught by the model, what is left of it learns to make up for what is gone",
        trains: true)
    ]
  }
}
