import Foundation
import Testing

@testable import Sizing

@Suite struct RequirementsTests {
  @Test(arguments: [
    ("p99<=50ms", LatencyPercentile.p99, 50e6), ("p99=50ms", .p99, 50e6), ("p90 <= 1.5 s", .p90, 1.5e9),
    ("50ms", .p90, 50e6), ("<=50ms", .p90, 50e6), ("median<=200us", .median, 200e3),
    ("p50\u{2264}200us", .median, 200e3), ("P99<50ms", .p99, 50e6),
  ])
  func readsALatency(text: String, percentile: LatencyPercentile, nanoseconds: Double) throws {
    #expect(
      try Requirements.parse(latency: text).list == [Requirement(.latency(percentile), limit: nanoseconds)])
  }

  @Test func readsEveryOption() throws {
    let requirements = try Requirements.parse(
      latency: "p90<=40ms,p99.9<=50ms", throughput: ">=30/s", memory: "64MiB", disk: "8 MiB", load: "2s",
      firstInference: "100ms", maxAccuracyDrop: "1%")
    #expect(
      requirements.list.map(\.text) == [
        "p90 latency <= 40 ms", "p99.9 latency <= 50 ms", "throughput >= 30 /s", "peak memory <= 64 MiB",
        "disk <= 8 MiB", "load time <= 2 s", "first inference <= 100 ms", "accuracy drop <= 1 %",
      ])
  }

  @Test func nothingGivenIsNoRequirement() throws {
    #expect(try Requirements.parse().isEmpty)
  }

  @Test(arguments: [
    "p99<50", "p0<=5ms", "p100<=5ms", "p99.999<=5ms", "p+9<=5ms", "p99<=", "", "p99<=-5ms", "0ms", "p99<=0s",
    "fast", "p99<=5ms,", "p\u{0669}<=5ms", "p99<=nan", "p99<=1e9ms", "p9\u{0}9<=5ms",
  ])
  func refusesWhatIsNoLatency(text: String) throws {
    let error = try #require(throws: RequirementError.self) { try Requirements.parse(latency: text) }
    #expect(error.description.hasPrefix("--latency is '"))
    #expect(error.description.contains("expected a latency such as 'p99<=50ms'"))
    #expect(!error.description.contains("\n"))
  }

  @Test func messageSaysWhereFoundAndExpected() throws {
    func message(_ parse: () throws -> Requirements) throws -> String {
      try #require(throws: RequirementError.self) { _ = try parse() }.description
    }
    #expect(
      try message { try .parse(memory: "64 MB") }
        == "--memory is '64 MB'; expected a binary size such as '64 MiB', above zero.")
    #expect(
      try message { try .parse(maxAccuracyDrop: "1") }
        == "--max-accuracy-drop is '1'; expected a percentage up to 100% such as '1%'.")
    #expect(
      try message { try .parse(throughput: "inf/s") }
        == "--throughput is 'inf/s'; expected inferences a second such as '>=30/s', above zero.")
    #expect(
      try message { try .parse(latency: "p99<=5ms,p99<=6ms") }
        == "--latency limits the p99 latency twice; expected one limit for each.")
    #expect(try message { try .parse(disk: "0 B") }.hasPrefix("--disk is '0 B'"))
    #expect(try message { try .parse(firstInference: "x") }.hasPrefix("--first-inference is 'x'"))
  }

  @Test func unknownKeyInAFileIsAnError() throws {
    let known = Data(#"{"latency": "p99<=50ms", "max_accuracy_drop": "1%"}"#.utf8)
    #expect(
      try JSONDecoder().decode(RequirementTexts.self, from: known)
        == RequirementTexts(latency: "p99<=50ms", maxAccuracyDrop: "1%"))
    let misspelt = Data(#"{"latancy": "p99<=50ms"}"#.utf8)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(RequirementTexts.self, from: misspelt) }
  }

  @Test(arguments: [
    ("p99", "p99"), ("p99.9", "p99.9"), ("p99.95", "p99.95"), ("p99.05", "p99.05"), ("p50", "median"),
  ])
  func percentileReadsAndPrints(text: String, name: String) throws {
    #expect(try #require(LatencyPercentile(text)).name == name)
  }

  @Test func invasivenessFollowsTheDocumentedOrder() {
    let order = [
      "reference", "f16-weights", "int8-dynamic", "int8-static", "pruned-50", "int4-weights", "distilled",
      "something-new", "f16-weights+int8-dynamic", "pruned-50+int8-static",
      "pruned-50+int8-static+int4-weights",
    ]
    let ranks = order.map { Invasiveness(variant: $0) }
    for (a, b) in zip(ranks, ranks.dropFirst()) { #expect(a < b, "\(a) \(b)") }
    #expect(ranks.map(\.isCompressed) == [false] + Array(repeating: true, count: order.count - 1))
    #expect(Invasiveness(variant: "").isCompressed)
  }

  @Test(arguments: [
    (Metric.latency(.p99), 412e6, "412 ms"), (.latency(.p99), 999.6e3, "1.00 ms"),
    (.latency(.p99), 26.04e3, "26.0 \u{B5}s"),
    (.latency(.p99), 1.5e9, "1.50 s"), (.latency(.p99), 0, "0 ns"),
    (.peakMemory, 61.2 * 1_048_576, "61.2 MiB"),
    (.peakMemory, 64 * 1_048_576, "64 MiB"), (.disk, 896, "896 B"), (.throughput, 2.43, "2.43 /s"),
    (.accuracyDrop, 0.015, "1.50 %"), (.accuracyDrop, -0.004, "-0.400 %"), (.load, .infinity, "- s"),
  ])
  func figurePrintsThreeDigitsAndItsUnit(metric: Metric, value: Double, text: String) {
    #expect(metric.text(value) == text)
  }
}
