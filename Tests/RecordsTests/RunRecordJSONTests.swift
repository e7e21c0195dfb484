import Foundation
import RecordFixtures
import Records
import Statistics
import Testing

@Suite struct RunRecordJSONTests {
  @Test(arguments: [
    Outcome.completed, .outOfMemory(limitBytes: 512 << 20, peakBytes: 498 << 20, phase: .load),
    .outOfDisk(limitBytes: 8 << 20, neededBytes: 14 << 20),
    .timedOut(afterNanoseconds: 5_000_000_000, phase: .firstInference), .failed(message: "no such model"),
  ])
  func readsBackWhatItWrote(outcome: Outcome) throws {
    var record = RunRecord.sample(outcome: outcome)
    record.projection = Projection(
      latency: .init(median: 6e7, lower: 3e7, upper: 9e7), missing: ["memory.readBandwidth"])
    record.accuracy = Accuracy(
      metric: "top-1", value: 0.71, reference: 0.72, drop: Interval(-0.01, 0.03), inputCount: 1000,
      dataset: "val")
    record.fidelity = Fidelity(agreeingInputs: 98, inputCount: 100, cosine: 0.9991, inputs: .dataset)
    record.measurement.steps = [StepTime(name: "conv1", op: "conv2d", nanoseconds: 12)]
    record.inputs = "abc"
    record.inapplicableVariants = ["f16": "the model is already quantized"]
    record.plannedVariants = ["f16", "int8-static"]
    #expect(try RunRecord(json: record.json(), file: "x") == record)
  }

  @Test func namesOfTheJSONAreTheDocumentedOnes() throws {
    let object = try #require(
      JSONSerialization.jsonObject(with: RunRecord.sample().json()) as? [String: Any])
    #expect(
      Set(object.keys).isSuperset(of: [
        "schema", "latency_ns", "peak_memory_bytes", "arena_bytes", "disk_bytes", "load_ns",
        "first_inference_ns", "macs", "parameters", "engine", "threads", "precision", "evidence", "variant",
      ]))
    let latency = try #require(object["latency_ns"] as? [String: Any])
    #expect(Set(latency.keys) == ["median", "p90", "p99", "mean", "ci95", "samples"])
    #expect(latency["samples"] as? Int == 300)
    let interval = try #require(latency["ci95"] as? [Double])
    let median = try #require(latency["median"] as? Double)
    #expect(interval.count == 2 && interval[0] <= median && median <= interval[1])
    // 300 samples are fewer than the 459 that p99 needs.
    #expect(latency["p99"] is NSNull)
    #expect(object["evidence"] as? String == "measured on board")
    #expect((object["validity"] as? [String: Any])?["status"] as? String == "VALID")
  }

  @Test func noNumberThatJSONCannotHoldIsWritten() {
    var record = RunRecord.sample()
    var fidelity = Fidelity(
      agreeingInputs: nil, inputCount: 1, cosine: .nan, signalToNoise: .infinity, inputs: .synthetic)
    // Equal outputs have no noise: the ratio is infinite, and is kept as absent.
    #expect(fidelity.cosine == nil && fidelity.signalToNoise == nil)
    fidelity.cosine = .nan
    record.fidelity = fidelity
    #expect(throws: EncodingError.self) { try record.json() }
  }

  @Test func whatIsComputedCannotBeForged() throws {
    let record = RunRecord.sample()
    let text = String(decoding: try record.json(), as: UTF8.self)
    let forged = text.replacing("\"status\" : \"VALID\"", with: "\"status\" : \"INVALID\"")
    #expect(forged != text)
    #expect(try RunRecord(json: Data(forged.utf8), file: "x").validity.isValid)
  }
}
