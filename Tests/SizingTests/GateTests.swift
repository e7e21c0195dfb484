import Foundation
import RecordFixtures
import Records
import Sizing
import Testing

@Suite struct GateTests {
  private func requirements(_ json: String) throws -> GateRequirements {
    try JSONDecoder().decode(GateRequirements.self, from: Data(json.utf8))
  }

  private let records = [
    RunRecord.sample(samples: RunRecord.steady(median: 80_000_000)),
    .sample(variant: "int8-static", samples: RunRecord.steady(median: 30_000_000)),
  ]

  @Test func passesWhereAConfigurationMeetsEveryLimit() throws {
    #expect(try Gate(records: records, requirements: requirements(#"{"latency": "p90<=50ms"}"#)).isPassed)
    #expect(try !Gate(records: records, requirements: requirements(#"{"latency": "p90<=20ms"}"#)).isPassed)
  }

  @Test func variantNamedInTheFileIsTheOnlyOneLetThrough() throws {
    let file = try requirements(#"{"latency": "p90<=50ms", "variant": "reference"}"#)
    #expect(try !Gate(records: records, requirements: file).isPassed)
  }

  @Test func limitsOfAModelReplaceTheGeneralOnes() throws {
    let file = try requirements(
      #"{"latency": "p90<=1ms", "memory": "64 MiB", "models": {"mobilenet_v2": {"latency": "p90<=50ms"}}}"#)
    let gate = try Gate(records: records, requirements: file)
    #expect(gate.isPassed)
    #expect(
      gate.results[0].decision.requirements.list.map(\.text) == [
        "p90 latency <= 50 ms", "peak memory <= 64 MiB",
      ])
  }

  @Test func unknownFigureDoesNotPass() throws {
    let file = try requirements(#"{"latency": "p99<=500ms"}"#)
    // 300 samples do not support a p99.
    #expect(try !Gate(records: records, requirements: file).isPassed)
  }

  @Test func noRecordsAndNoLimitsDoNotPass() throws {
    #expect(try !Gate(records: [], requirements: requirements(#"{"latency": "p90<=50ms"}"#)).isPassed)
    #expect(try !Gate(records: records, requirements: requirements("{}")).isPassed)
  }

  @Test func modelThatNoRecordIsOfIsAnErrorAndNotAPass() throws {
    let file = try requirements(#"{"latency": "p90<=50ms", "models": {"mobilenet-v2": {}}}"#)
    let error = try #require(throws: RequirementError.self) { try Gate(records: records, requirements: file) }
    #expect(
      error.description
        == "models.mobilenet-v2 is a model that no record is of; expected one of mobilenet_v2.")
  }

  @Test func badLimitNamesItsKey() throws {
    let file = try requirements(#"{"models": {"mobilenet_v2": {"memory": "64 MB"}}}"#)
    let error = try #require(throws: RequirementError.self) { try Gate(records: records, requirements: file) }
    #expect(error.description.hasPrefix("models.mobilenet_v2.memory is '64 MB'"))
  }

  @Test func misspeltKeyIsAnError() {
    #expect(throws: DecodingError.self) { try requirements(#"{"latancy": "p90<=50ms"}"#) }
    #expect(throws: DecodingError.self) { try requirements(#"{"models": {"m": {"models": {}}}}"#) }
  }

  private func gate(_ records: [RunRecord], latency: String) throws -> Gate {
    try Gate(
      records: records,
      requirements: GateRequirements(general: .init(texts: RequirementTexts(latency: latency))))
  }

  @Test func olderRunThatPassedDoesNotExcuseANewerOneThatFails() throws {
    var old = RunRecord.sample(samples: RunRecord.steady(median: 20_000_000))
    old.inputs = "memory 1024"
    var new = RunRecord.sample(samples: RunRecord.steady(median: 80_000_000))
    new.date = old.date.addingTimeInterval(60)
    for records in [[old, new], [new, old]] {
      #expect(try !gate(records, latency: "p90<=50ms").isPassed)
    }
    #expect(try gate([old], latency: "p90<=50ms").isPassed)
    #expect(try gate([old, new], latency: "p90<=100ms").isPassed)
  }
}
