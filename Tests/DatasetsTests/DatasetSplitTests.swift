import Datasets
import Testing

@Suite struct DatasetSplitTests {
  @Test func noSampleServesTwoPurposes() throws {
    let split = try DatasetSplit(.digits)
    let all = split.calibration + split.validation + split.test
    #expect(all.count == Dataset.digits.count)
    #expect(Set(all).count == all.count)
  }

  @Test func everyPartHasItsShareOfEveryClass() throws {
    let data = Dataset.digits
    let labels = try #require(data.labels)
    let split = try DatasetSplit(data)
    for label in 0..<10 {
      let members = labels.count { $0 == label }
      let tested = split.test.count { labels[$0] == label }
      // Two roundings to whole samples.
      #expect(abs(Double(tested) - 0.5 * Double(members)) <= 1)
    }
  }

  @Test func theSameSeedDividesAlike() throws {
    #expect(try DatasetSplit(.digits, seed: 3) == DatasetSplit(.digits, seed: 3))
    #expect(try DatasetSplit(.digits, seed: 3) != DatasetSplit(.digits, seed: 4))
  }

  @Test func aPartThatWouldBeEmptyIsRefused() throws {
    let data = try Dataset(name: "few", sampleShape: [1], values: [1, 2, 3], labels: [0, 0, 1])
    let error = #expect(throws: DatasetError.self) { try DatasetSplit(data) }
    #expect(
      error?.description
        == "few: 2 samples of class '0', too few for calibration, validation and test; expected at least 10.")
  }

  @Test func digitsAreWhatTheyWerePublishedAs() throws {
    let data = Dataset.digits
    #expect(data.count == 1797)
    let labels = try #require(data.labels)
    #expect(
      (0..<10).map { label in labels.count { $0 == label } } == [
        178, 182, 177, 183, 181, 182, 181, 179, 174, 180,
      ])
    // The first image's first two rows as published: 0 0 5 13 9 1 0 0 / 0 0 13 15 10 15 5 0.
    #expect(data.values[..<16].map { $0 * 16 } == [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0])
  }
}
