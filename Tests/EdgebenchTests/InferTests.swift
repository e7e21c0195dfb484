import Foundation
import Testing

@Suite struct InferTests {
  @Test func outputsAreArraysWithNamesAndShapes() throws {
    let scratch = try Scratch()
    try scratch.write(TestModels.classifier(), to: "m.tflite")
    try scratch.write(.npy(shape: [1, 8, 8, 3]), to: "x.npy")
    let result = try EdgebenchProcess.run(
      ["infer", "m.tflite", "--input", "image=x.npy", "--output-dir", "out"], in: scratch)
    #expect(result.status == 0, "\(result.errors)")
    #expect(scratch.files(in: "out") == ["0.npy", "outputs.json"])
    let entries = try JSONSerialization.jsonObject(with: Data(scratch.read("out/outputs.json").utf8))
    let entry = try #require((entries as? [[String: Any]])?.first)
    #expect(entry["name"] as? String == "probabilities")
    #expect(entry["shape"] as? [Int] == [1, 10])
    #expect(entry["type"] as? String == "f32")
    let array = try #require(FileManager.default.contents(atPath: scratch.path + "/out/0.npy"))
    let values = array.suffix(40).withUnsafeBytes { bytes in
      (0..<10).map { Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
    }
    // A softmax of 10: the sum is 1 but for a rounding of each term and of each addition.
    #expect(abs(values.reduce(0, +) - 1) <= 20 * Float(1).ulp)
    #expect(scratch.leftovers == [])
  }

  @Test func anOutputFolderThatCannotBeMadeIsNamed() throws {
    let scratch = try Scratch()
    try scratch.write(TestModels.classifier(), to: "m.tflite")
    try scratch.write("", to: "file")
    let result = try EdgebenchProcess.run(["infer", "m.tflite", "--output-dir", "file/out"], in: scratch)
    result.expectOneLine(status: 3, "file/out")
  }

  @Test func theSameMeasurementForPrograms() throws {
    let scratch = try Scratch()
    try scratch.write(TestModels.classifier(), to: "m.tflite")
    let result = try EdgebenchProcess.run(
      ["measure", "m.tflite", "--seconds", "0.1", "--json", "-"], in: scratch)
    #expect(result.status == 0, "\(result.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    let measured = try #require(object)
    let latency = try #require(measured["latency_ns"] as? [String: Any])
    for name in ["median", "p90", "p99", "mean", "ci95", "samples"] {
      #expect(latency[name] != nil, "\(name)")
    }
    for name in [
      "peak_memory_bytes", "arena_bytes", "disk_bytes", "load_ns", "first_inference_ns", "macs", "parameters",
      "engine", "threads", "precision", "evidence",
    ] {
      #expect(measured[name] != nil, "\(name)")
    }
    #expect(measured["evidence"] as? String == "measured on board")
  }
}
