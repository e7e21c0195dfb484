import Graph

extension OmittedOperator {
  /// How the reason of an operator begins that is left out because of one before it.
  static let unknownOperand = "reads a result of unknown shape,"

  /// - Parameter remedy: What would work instead, where the operator itself is the reason.
  init(name: String, place: String, feature: String, remedy: @autoclosure () -> String) {
    let isConsequence = feature.hasPrefix(Self.unknownOperand)
    self.init(name: name, place: place, reason: feature, remedy: isConsequence ? nil : remedy())
  }
}
