import Testing

@testable import Statistics

@Suite struct MannWhitneyTests {
  // The example of SciPy's documentation (ages at diagnosis of diabetes): U = 17, exact p = 0.1111...
  @Test func agreesWithThePublishedExample() throws {
    let test = try #require(MannWhitney([19, 22, 16, 29, 24], [20, 11, 17, 12]))
    #expect(test.u == 17)
    #expect(test.isExact)
    #expect(abs(test.pValue - 1.0 / 9) < 1e-12)
  }

  // Two-sided 5 % critical values of U as tabulated: significant at the value, not one above it.
  @Test(arguments: [(4, 4, 0), (5, 5, 2), (8, 8, 13), (10, 10, 23), (6, 9, 10)])
  func criticalValuesAreThePublishedOnes(m: Int, n: Int, critical: Int) throws {
    let at = try #require(lists(m, n, u: critical))
    let above = try #require(lists(m, n, u: critical + 1))
    let test = try #require(MannWhitney(at.0, at.1))
    #expect(test.u == Double(critical))
    #expect(test.pValue <= 0.05)
    #expect(try #require(MannWhitney(above.0, above.1)).pValue > 0.05)
  }

  /// Lists of `m` and `n` different numbers in which `u` pairs have the first list's number the larger.
  private func lists(_ m: Int, _ n: Int, u: Int) -> ([Double], [Double])? {
    // The last of the first list climbs over all of the second, then the one before it, and so on.
    var left = u
    var first: [Double] = []
    for index in 0..<m {
      let over = min(left, n)
      left -= over
      first.append(Double(over) + 0.5 - 0.01 * Double(index))
    }
    return left == 0 ? (first, (1...n).map(Double.init)) : nil
  }

  @Test func exactPValueIsThatOfAllPermutations() throws {
    let values: [Double] = [3, 8, 1, 9, 4, 7, 2]
    let test = try #require(MannWhitney(Array(values[0..<3]), Array(values[3...])))
    #expect(test.isExact)
    #expect(abs(test.pValue - permutationPValue(values, first: 3)) < 1e-12)
  }

  @Test func normalPValueIsNearThatOfAllPermutationsWhereSamplesTie() throws {
    let first: [Double] = [1, 2, 2, 3, 3, 3, 4, 5]
    let second: [Double] = [2, 3, 4, 4, 5, 5, 6, 6]
    let test = try #require(MannWhitney(first, second))
    #expect(!test.isExact)
    // The approximation's own error: for 8 against 8 below 0.01 in the middle of the distribution.
    #expect(abs(test.pValue - permutationPValue(first + second, first: 8)) < 0.01)
  }

  /// The share of all choices of `first` of the values whose U is at least as far from the middle.
  private func permutationPValue(_ values: [Double], first: Int) -> Double {
    func u(_ mask: Int) -> Double {
      var sum = 0.0
      for i in values.indices where mask >> i & 1 == 1 {
        for j in values.indices where mask >> j & 1 == 0 {
          sum += values[i] > values[j] ? 1 : values[i] == values[j] ? 0.5 : 0
        }
      }
      return sum
    }
    let middle = Double(first * (values.count - first)) / 2
    let observed = abs(u((1 << first) - 1) - middle)
    let masks = (0..<1 << values.count).filter { $0.nonzeroBitCount == first }
    return Double(masks.count { abs(u($0) - middle) >= observed - 1e-9 }) / Double(masks.count)
  }

  @Test func equalListsAreNotTold() throws {
    #expect(try #require(MannWhitney([5, 5, 5], [5, 5])).pValue == 1)
    #expect(try #require(MannWhitney([5, 5, 5], [5, 5])).superiority == 0.5)
  }

  @Test func swappingTheListsKeepsTheChance() throws {
    let a = try #require(MannWhitney([1, 4, 4, 6], [2, 4, 7]))
    let b = try #require(MannWhitney([2, 4, 7], [1, 4, 4, 6]))
    #expect(abs(a.pValue - b.pValue) < 1e-12)
    #expect(a.u + b.u == 12)
  }

  @Test func falseAlarmsAreAsRareAsStated() throws {
    let seed: UInt64 = 99
    var generator = SeededGenerator(seed: seed)
    let runs = 1500
    var alarms = 0
    for _ in 0..<runs {
      let a = (0..<30).map { _ in generator.unitInterval() }
      let b = (0..<25).map { _ in generator.unitInterval() }
      alarms += try #require(MannWhitney(a, b)).pValue < 0.05 ? 1 : 0
    }
    // Four standard deviations of a count of 1500 draws at 5 %.
    #expect(
      abs(Double(alarms) / Double(runs) - 0.05) < 4 * (0.05 * 0.95 / Double(runs)).squareRoot(),
      "seed \(seed)")
  }

  @Test func refusesNothingAndWhatIsNotFinite() {
    #expect(MannWhitney([], [1]) == nil)
    #expect(MannWhitney([.nan], [1]) == nil)
  }
}
