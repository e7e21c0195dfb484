import Graph

extension Graph {
  /// What to say of a graph whose shapes or branches were decided by the values of inputs; `nil` where none was, or the
  /// caller gave all that did.
  ///
  /// - Parameter given: The names of the inputs that the caller gave values for.
  func tracingWarning(given: some Collection<String>) -> String? {
    let guessed = tracedInputs.map { self[$0].name }.filter { !given.contains($0) }
    guard !guessed.isEmpty else { return nil }
    let names = guessed.map { "'\($0)'" }.joined(separator: ", ")
    return
      "the model's shapes or branches depend on the values of \(names), which were taken to be seeded numbers: "
      + "other values may lead elsewhere. 'infer' and 'measure' take them with --input."
  }
}
