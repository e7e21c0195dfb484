import Foundation
import Testing
import Units

@Suite struct RateTests {
  @Test(arguments: [
    ("1.8 GHz", 1.8e9), ("900MHz", 9e8), ("1416 MHz", 1.416e9), ("32 kHz", 32_000), ("50 Hz", 50),
  ])
  func readsAFrequency(text: String, hertz: Double) throws {
    #expect(try Frequency(parsing: text).hertz == hertz)
  }

  @Test(arguments: ["1.8", "1.8 ghz", "GHz", "-1 GHz", "nan GHz", "1.8 GB/s", "1e400 GHz"])
  func refusesWhatIsNotAFrequency(text: String) {
    #expect(throws: UnitError(found: text, expected: "a frequency such as '1.8 GHz'")) {
      try Frequency(parsing: text)
    }
  }

  @Test(arguments: [("2326 MB/s", 2.326e9), ("1.2 GB/s", 1.2e9), ("5 kB/s", 5000)])
  func readsABandwidth(text: String, bytesPerSecond: Double) throws {
    #expect(try Bandwidth(parsing: text).bytesPerSecond == bytesPerSecond)
  }

  @Test(arguments: ["2326 MB", "2326 Mbit/s", "2326 mb/s", "2326 MiB/s", "-1 MB/s", "inf MB/s", ""])
  func refusesWhatIsNotABandwidth(text: String) {
    #expect(throws: UnitError(found: text, expected: "a bandwidth such as '2326 MB/s'")) {
      try Bandwidth(parsing: text)
    }
  }

  @Test(arguments: [("1%", 0.01), ("0.5 %", 0.005), ("100%", 1), ("0%", 0)])
  func readsAPercentage(text: String, fraction: Double) throws {
    #expect(try Percentage(parsing: text).fraction == fraction)
  }

  @Test(arguments: ["1", "%", "-1%", "nan%", "1 percent", "1%%"])
  func refusesWhatIsNotAPercentage(text: String) {
    #expect(throws: UnitError(found: text, expected: "a percentage such as '1%'")) {
      try Percentage(parsing: text)
    }
  }

  @Test func printsInTheUnitThatSuits() {
    #expect(Frequency.megahertz(1800).description == "1.8 GHz")
    #expect(Frequency.megahertz(1416).description == "1.416 GHz")
    #expect(Frequency.megahertz(900).description == "900 MHz")
    #expect(Bandwidth.megabytesPerSecond(2326).description == "2326 MB/s")
    #expect(Bandwidth.megabytesPerSecond(98.25).description == "98.3 MB/s")
    #expect(Bandwidth.megabytesPerSecond(40).description == "40 MB/s")
    #expect(Percentage(fraction: 0.0025).description == "0.25%")
    #expect(Percentage(percent: 1).description == "1%")
  }

  @Test func jsonCarriesTheUnitAndReadsBackAsTheSameValue() throws {
    struct Values: Codable, Equatable {
      var size: ByteCount
      var clock: Frequency
      var bandwidth: Bandwidth
      var drop: Percentage
    }
    let values = Values(
      size: .mebibytes(512), clock: .megahertz(1416), bandwidth: Bandwidth(bytesPerSecond: 1e9 / 3),
      drop: Percentage(fraction: 0.0029))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = try encoder.encode(values)
    #expect(
      String(decoding: json, as: UTF8.self)
        == #"{"bandwidth":"333.3333333333333 MB/s","clock":"1.416 GHz","drop":"0.29%","size":"512 MiB"}"#)
    #expect(try JSONDecoder().decode(Values.self, from: json) == values)
  }

  @Test func jsonWithAWrongUnitIsRefused() {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(ByteCount.self, from: Data(#""512 MB""#.utf8))
    }
  }

  @Test func exactTextReadsBackAsTheSameValue() throws {
    for step in 1...2000 {
      let clock = Frequency(hertz: 1e9 * Double(step) / 1999)
      #expect(try Frequency(parsing: clock.exactText) == clock, "\(clock.hertz)")
      let share = Percentage(fraction: Double(step) / 10_000)
      #expect(try Percentage(parsing: share.exactText) == share, "\(share.fraction)")
      let bandwidth = Bandwidth(bytesPerSecond: 1e10 / Double(step))
      #expect(try Bandwidth(parsing: bandwidth.exactText) == bandwidth, "\(bandwidth.bytesPerSecond)")
    }
  }
}
