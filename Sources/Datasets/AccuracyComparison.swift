public import Statistics

/// How often a variant is right where the reference is: on the same samples, whole and class by class.
public struct AccuracyComparison: Sendable, Hashable {
  public let reference: Double
  public let variant: Double
  /// What the variant loses, with its test and its interval.
  public let paired: PairedProportions
  /// The class that loses the most.
  public let worst: ClassDrop

  public struct ClassDrop: Sendable, Hashable {
    public let name: String
    public let reference: Double
    public let variant: Double
    public let count: Int
  }

  /// - Parameter labels: Of the samples, one each.
  /// - Returns: `nil` for no samples.
  public init?(_ reference: Predictions, _ variant: Predictions, labels: [Int], classNames: [String]) {
    let first = reference.isRight(labels)
    let second = variant.isRight(labels)
    guard !labels.isEmpty, first.count == labels.count, second.count == labels.count else { return nil }
    func share(_ isRight: [Bool]) -> Double { Double(isRight.count { $0 }) / Double(isRight.count) }
    self.reference = share(first)
    self.variant = share(second)
    paired = PairedProportions(first: first, second: second)
    var worst: ClassDrop?
    for label in Set(labels).sorted() {
      let members = labels.indices.filter { labels[$0] == label }
      let drop = ClassDrop(
        name: classNames.indices.contains(label) ? classNames[label] : "\(label)",
        reference: share(members.map { first[$0] }), variant: share(members.map { second[$0] }),
        count: members.count)
      let isWorse = worst.map { drop.reference - drop.variant > $0.reference - $0.variant } ?? true
      if isWorse { worst = drop }
    }
    guard let worst else { return nil }
    self.worst = worst
  }
}
