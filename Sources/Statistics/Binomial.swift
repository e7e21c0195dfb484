/// The binomial distribution: the number of successes in `trials` independent trials of `probability`.
///
/// Probabilities are built outwards from the mode by the ratio of neighbours and then normalised, so
/// nothing under- or overflows for a million trials, and each is right to about 1e-12 of itself.
/// What lies below 1e-30 of the mode's probability is dropped.
struct Binomial {
  /// Number of successes that `masses[0]` stands for.
  let first: Int
  let masses: [Double]
  let trials: Int

  /// - Precondition: `trials >= 1`, `0 < probability < 1`.
  init(trials: Int, probability: Double) {
    precondition(trials >= 1 && probability > 0 && probability < 1)
    let negligible = 1e-30
    let odds = probability / (1 - probability)
    let mode = min(trials, Int(Double(trials + 1) * probability))

    var below: [Double] = []
    var mass = 1.0
    var count = mode
    while count > 0 {
      // P(k - 1) = P(k) * k / (n - k + 1) / odds
      mass *= Double(count) / Double(trials - count + 1) / odds
      guard mass > negligible else { break }
      below.append(mass)
      count -= 1
    }

    var above: [Double] = [1]
    mass = 1
    count = mode
    while count < trials {
      // P(k + 1) = P(k) * (n - k) / (k + 1) * odds
      mass *= Double(trials - count) / Double(count + 1) * odds
      guard mass > negligible else { break }
      above.append(mass)
      count += 1
    }

    let weights = below.reversed() + above
    // Smallest first, so that the tails are not lost in the sum.
    let total = weights.sorted().reduce(0, +)
    self.first = mode - below.count
    self.masses = weights.map { $0 / total }
    self.trials = trials
  }

  /// The largest count `k` with `P(X < k) <= tail`: 0 if already `P(X = 0)` is more than `tail`.
  func largestCount(lowerTail tail: Double) -> Int {
    var sum = 0.0
    for (offset, mass) in masses.enumerated() {
      sum += mass
      if sum > tail { return first + offset }
    }
    return trials
  }

  /// The smallest count `k` with `P(X >= k) <= tail`: `trials + 1` if already `P(X = trials)` is more than `tail`.
  func smallestCount(upperTail tail: Double) -> Int {
    var sum = 0.0
    for (offset, mass) in masses.enumerated().reversed() {
      sum += mass
      if sum > tail { return first + offset + 1 }
    }
    return 0
  }

  /// `P(lower <= X < upper)`.
  func probability(from lower: Int, below upper: Int) -> Double {
    var sum = 0.0
    for (offset, mass) in masses.enumerated() where lower <= first + offset && first + offset < upper {
      sum += mass
    }
    return min(sum, 1)
  }
}
