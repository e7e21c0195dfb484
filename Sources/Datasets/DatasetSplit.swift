public import Graph

/// Which samples serve what. No sample serves two purposes, so what is reported was never looked at before.
public struct DatasetSplit: Sendable, Hashable {
  /// To train on and to calibrate with.
  public let calibration: [Int]
  /// To choose by: when to stop, which of two variants.
  public let validation: [Int]
  /// To report the accuracy on, once.
  public let test: [Int]

  /// Of ``calibration``, ``validation`` and ``test``. Half of the samples are kept for the test: the interval of an accuracy
  /// narrows with the root of their number, which is what decides here.
  public static let defaultShares = (calibration: 0.4, validation: 0.1)

  /// Divides the samples class by class in an order drawn from `seed`, so that each part has its share of every class.
  ///
  /// - Throws: ``DatasetError`` where a class has too few samples for every part to have one.
  public init(
    _ dataset: Dataset, shares: (calibration: Double, validation: Double) = defaultShares, seed: UInt64 = 1
  ) throws(DatasetError) {
    var random = SplitMix64(seed: seed)
    var parts: (calibration: [Int], validation: [Int], test: [Int]) = ([], [], [])
    let labels = dataset.labels ?? Array(repeating: 0, count: dataset.count)
    for label in 0...(labels.max() ?? 0) {
      var members = labels.indices.filter { labels[$0] == label }
      members.shuffle(with: &random)
      let first = Int((Double(members.count) * shares.calibration).rounded())
      let second = first + Int((Double(members.count) * shares.validation).rounded())
      guard first > 0, second > first, second < members.count else {
        let name = dataset.labels == nil ? "" : " of class '\(dataset.classNames[label])'"
        throw DatasetError(
          dataset.name, "\(members.count) samples\(name), too few for calibration, validation and test",
          expected: "at least 10")
      }
      parts.calibration += members[..<first]
      parts.validation += members[first..<second]
      parts.test += members[second...]
    }
    calibration = parts.calibration.sorted()
    validation = parts.validation.sorted()
    test = parts.test.sorted()
  }
}

extension Array {
  /// Fisher and Yates; the same order from the same seed in every version of Swift.
  public mutating func shuffle(with random: inout SplitMix64) {
    guard count > 1 else { return }
    for last in stride(from: count - 1, to: 0, by: -1) {
      swapAt(last, Int(random.next().multipliedFullWidth(by: UInt64(last + 1)).high))
    }
  }
}
