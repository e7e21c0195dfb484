import Foundation
import TestSupport
import Testing

/// Recipes of `compress` that train: what they write, and that a kill at any point changes no bit of it.
@Suite(.serialized) struct CompressTrainingTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.write(TestModels.classifier(), to: "m.tflite")
    try scratch.writeDataset("d")
  }

  private func arguments(_ recipe: String, _ output: String, _ more: String...) -> [String] {
    ["compress", "m.tflite", "--recipe", recipe, "--dataset", "d", "-o", output] + more
  }

  private func bytes(_ name: String) -> Data? {
    FileManager.default.contents(atPath: "\(scratch.path)/\(name)")
  }

  /// What the lines of progress tell: "0-distilled: epoch 12 of 60, ...".
  private func epochs(_ errors: String) -> [(phase: String, epoch: Int)] {
    errors.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: " ")
      guard parts.count > 2, parts[1] == "epoch", let epoch = Int(parts[2]) else { return nil }
      return (String(parts[0].dropLast()), epoch)
    }
  }

  @Test func aKilledTrainingGoesOnAndEndsWithTheSameBits() throws {
    // Some seconds: its state is kept four times a second.
    try scratch.writeDataset("d", count: 3000)
    let training = ["--epochs", "80"]
    let whole = try EdgebenchProcess.run(arguments("distilled,qat", "whole.tflite") + training, in: scratch)
    #expect(whole.status == 0, "\(whole.errors)")
    #expect(epochs(whole.errors).map(\.epoch) == Array(1...80) + Array(1...32))
    #expect(
      !scratch.files(in: ".").contains { $0.contains("checkpoints") },
      "nothing is left of a training that ended")
    func states() -> [Data] {
      ["0-distilled", "1-qat"].compactMap { bytes("cut.tflite.checkpoints/\($0).checkpoint") }
    }
    for delay: UInt32 in [0, 20_000, 90_000, 150_000] {
      let before = states()
      let running = try EdgebenchProcess.start(
        arguments("distilled,qat", "cut.tflite") + training, in: scratch)
      while running.process.isRunning, states() == before { usleep(2000) }
      usleep(delay)
      kill(running.process.processIdentifier, SIGKILL)
      #expect(try running.finish().status == nil, "the training is too short to be killed so often")
      #expect(bytes("cut.tflite") == nil, "no half of an artefact")
    }
    let last = try EdgebenchProcess.run(arguments("distilled,qat", "cut.tflite") + training, in: scratch)
    #expect(last.status == 0, "\(last.errors)")
    #expect(epochs(last.errors).count < 112, "it went on, and did not begin again")
    #expect(bytes("cut.tflite") == bytes("whole.tflite"))
  }

  @Test func aTrainingThatRunsOutOfTimeGoesOn() throws {
    let training = ["--epochs", "60", "--shares", "0.5"]
    let whole = try EdgebenchProcess.run(arguments("joint", "whole.tflite") + training, in: scratch)
    #expect(whole.status == 0, "\(whole.errors)")
    #expect(bytes("whole.tflite") == nil)
    let expected = try #require(bytes("whole-50.tflite"))
    let cut = try EdgebenchProcess.run(
      arguments("joint", "cut.tflite", "--max-time", "1ms") + training, in: scratch)
    #expect(cut.status == 3 && cut.output == "")
    #expect(cut.errors.contains("--max-time is over in epoch"))
    #expect(bytes("cut-50.tflite") == nil)
    let rest = try EdgebenchProcess.run(arguments("joint", "cut.tflite") + training, in: scratch)
    #expect(rest.status == 0)
    #expect(bytes("cut-50.tflite") == expected)
  }

  @Test func aFamilyIsWrittenInOneCommand() throws {
    let result = try EdgebenchProcess.run(
      arguments("joint", "f.tflite", "--epochs", "5", "--shares", "0.5,0.25"), in: scratch)
    #expect(result.status == 0, "\(result.errors)")
    for (name, share) in [("f-50", 0.5), ("f-25", 0.25)] {
      let record = try scratch.json("\(name).json")
      let training = try #require(record["training"] as? [String: Any])
      #expect(training["share"] as? Double == share)
      #expect(training["epochs"] as? Int == 5)
      #expect(training["seed"] as? Int == 7)
      #expect(record["recipes"] as? [String] == ["joint"])
      #expect((record["data"] as? [String: Any])?["sha256"] is String)
      #expect(try EdgebenchProcess.run(["inspect", "\(name).tflite"], in: scratch).status == 0)
    }
  }

  @Test func aGivenStudentIsTaughtAndOnRecord() throws {
    try scratch.write(TestModels.classifier(), to: "s.tflite")
    let result = try EdgebenchProcess.run(
      arguments("distilled", "t.tflite", "--epochs", "3", "--student", "s.tflite"), in: scratch)
    #expect(result.status == 0, "\(result.errors)")
    let training = try #require(try scratch.json("t.json")["training"] as? [String: Any])
    #expect((training["student_sha256"] as? String)?.count == 64)
    #expect(training["width"] == nil)
  }

  @Test func stepsCanBeTheFilesPorts() throws {
    let result = try EdgebenchProcess.run(
      arguments("int8-static", "q.tflite", "--input-type", "int8", "--output-type", "int8"), in: scratch)
    #expect(result.status == 0, "\(result.errors)")
    let artefact = try #require(try scratch.json("q.json")["artefact"] as? [String: Any])
    for ports in ["inputs", "outputs"] {
      let list = try #require(artefact[ports] as? [[String: Any]])
      #expect(list.map { $0["type"] as? String } == ["i8"])
    }
    #expect(try EdgebenchProcess.run(["inspect", "q.tflite"], in: scratch).status == 0)
    let refused = try EdgebenchProcess.run(
      arguments("f16", "h.tflite", "--input-type", "int8"), in: scratch)
    refused.expectOneLine(status: 2, "an int8 input does not apply: 'image' is not converted to 8-bit steps")
  }
}
