import Foundation
import TestSupport
import Testing

/// `--dataset` of `run` and `compress`: what is known with and without labels, and one line for data that cannot be used.
@Suite struct DatasetTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.write(TestModels.classifier(), to: "m.tflite")
  }

  private static let commands = [
    ["compress", "m.tflite", "--recipe", "int8-static", "-o", "out.tflite"],
    ["run", "--profile", "rpi4", "--model", "m.tflite"],
  ]

  @Test(arguments: commands) func dataThatCannotBeUsedAreRefusedInOneLine(command: [String]) throws {
    func expect(_ parts: String...) throws {
      let result = try EdgebenchProcess.run(command + ["--dataset", "d"], in: scratch)
      result.expectOneLine(status: 2)
      for part in parts { #expect(result.errors.contains(part), "\(result.errors)") }
      #expect(scratch.files(in: ".").allSatisfy { !$0.hasPrefix("out") && !$0.hasPrefix("results/") })
      try FileManager.default.removeItem(atPath: scratch.path + "/d")
    }
    try scratch.writeDataset("d", shape: [9, 8, 3])
    try expect("d/inputs.npy: samples of 9x8x3; expected 8x8x3, the model's input.")
    try scratch.writeDataset("d") { inputs, _ in inputs[5 * 192 + 7] = .nan }
    try expect("d: sample 5 has a NaN or infinity; expected finite numbers.")
    try scratch.writeDataset("d") { _, labels in
      for i in labels.indices where labels[i] == 3 { labels[i] = 4 }
    }
    try expect("d: no sample of class '3'; expected samples of all 10 classes.")
    try scratch.writeDataset("d") { _, labels in labels[17] = 10 }
    try expect("d: sample 17 has label 10; expected 0 to 9.")
    try scratch.writeDataset("d") { _, labels in labels[17] = -1 }
    try expect("d: sample 17 has label -1; expected 0 to 9.")
    try scratch.writeDataset("d") { _, labels in labels[17] = .max }
    try expect("d: sample 17 has label", "expected 0 to 9.")
    try scratch.writeDataset("d") { _, labels in labels.removeLast(20) }
    try expect("d: 280 labels for 300 samples; expected one label a sample.")
    try scratch.writeDataset("d") { inputs, labels in (inputs, labels) = ([], []) }
    try expect("d: 0 numbers; expected one or more samples of 8x8x3.")
    try scratch.writeDataset("d", count: 20)
    try expect(
      "d: 2 samples of class '0', too few for calibration, validation and test; expected at least 10.")
    try FileManager.default.createDirectory(
      atPath: scratch.path + "/d", withIntermediateDirectories: true)
    try expect("d: neither 'inputs.npy' nor one .csv file nor a folder for each class")
    try scratch.writeDataset("d")
    try scratch.write(Array([UInt8].npy([300, 8, 8, 3], [0]).prefix(200)), to: "d/inputs.npy")
    try expect("d/inputs.npy")
  }

  @Test func withLabelsTheAccuracyAndItsWorstClassAreOnRecord() throws {
    try scratch.writeDataset("d")
    let result = try EdgebenchProcess.run(
      ["compress", "m.tflite", "--recipe", "pruned-50,int8-static", "--dataset", "d", "-o", "q.tflite"],
      in: scratch)
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    let record = try scratch.json("q.json")
    let data = try #require(record["data"] as? [String: Any])
    #expect(data["calibration_samples"] as? Int == 120)
    #expect(data["validation_samples"] as? Int == 30)
    #expect(data["test_samples"] as? Int == 150)
    let accuracy = try #require(record["accuracy"] as? [String: Any])
    #expect(accuracy["inputs"] as? Int == 150)
    #expect(accuracy["worst_class"] is [String: Any])
    #expect(result.output.contains("accuracy  ") && result.output.contains("150 test samples"))
  }

  @Test func withoutLabelsTheFidelityIs() throws {
    try scratch.writeDataset("d", labelled: false)
    let result = try EdgebenchProcess.run(
      ["compress", "m.tflite", "--recipe", "int8-static", "--dataset", "d", "-o", "q.tflite"], in: scratch)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("fidelity  on 150 samples, the test samples"))
    for word in ["SQNR", "cosine", "top-1 agreement", "worst sample"] {
      #expect(result.output.contains(word))
    }
    #expect(try scratch.json("q.json")["accuracy"] as? String == "unknown")
  }

  @Test func aTrainingNeedsDataAndOptionsThatHold() throws {
    try scratch.writeDataset("d")
    func expect(_ line: String, _ arguments: String...) throws {
      let result = try EdgebenchProcess.run(
        ["compress", "m.tflite", "-o", "out.tflite"] + arguments, in: scratch)
      result.expectOneLine(status: 2, line)
    }
    try expect("--recipe has 'qat', which trains; expected --dataset", "--recipe", "qat")
    try expect("expected it alone", "--recipe", "joint,f16", "--dataset", "d")
    try expect("expected 'qat' last", "--recipe", "qat,f16", "--dataset", "d")
    try expect("--width is '0.0'", "--recipe", "distilled", "--dataset", "d", "--width", "0")
    try expect("--max-time is 'soon'", "--recipe", "distilled", "--dataset", "d", "--max-time", "soon")
    try expect("no recipe trains", "--recipe", "f16", "--max-time", "1s")
    try expect("Did you mean 'distilled'?", "--recipe", "destilled", "--dataset", "d")
    try scratch.write(TestModels.sum(), to: "sum.tflite")
    try expect(
      "outputs of another size", "--recipe", "distilled", "--dataset", "d", "--student", "sum.tflite")
  }
}

extension Scratch {
  func json(_ name: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(read(name).utf8)) as? [String: Any] ?? [:]
  }
}
