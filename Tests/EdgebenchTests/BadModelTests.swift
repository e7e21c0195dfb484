import Foundation
import Testing

/// Model files that are none: one line, exit status 2, from every command that reads one.
@Suite struct BadModelTests {
  /// The commands, up to the model's name.
  static let commands: [[String]] = [
    ["inspect"], ["measure"], ["infer", "--output-dir", "out"], ["predict", "--profile", "rpi4"],
    ["size", "--latency", "50ms"], ["--profile", "rpi4", "--model"],
  ]

  private func expectRefusal(
    _ model: String, in scratch: Scratch, _ parts: String...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for command in Self.commands {
      let result = try EdgebenchProcess.run(command + [model], in: scratch)
      result.expectOneLine(status: 2, model, sourceLocation: sourceLocation)
      for part in parts { #expect(result.errors.contains(part), sourceLocation: sourceLocation) }
    }
    #expect(scratch.leftovers == [], sourceLocation: sourceLocation)
    #expect(scratch.files(in: "results") == [], sourceLocation: sourceLocation)
  }

  @Test func aMissingFile() throws {
    try expectRefusal("nowhere.tflite", in: Scratch(), "no such file")
  }

  @Test func anEmptyFile() throws {
    let scratch = try Scratch()
    try expectRefusal(scratch.write("", to: "empty.tflite"), in: scratch, "is empty")
  }

  @Test func aDirectory() throws {
    let scratch = try Scratch()
    try expectRefusal("tmp", in: scratch, "is a folder without")
  }

  @Test func aTextFile() throws {
    let scratch = try Scratch()
    try expectRefusal(
      scratch.write("This is no model.\n", to: "notes.tflite"), in: scratch, "expected a TFLite")
  }

  @Test func tenGigabytesOfNothing() throws {
    let scratch = try Scratch()
    try sparse("zeros.tflite", in: scratch, start: [])
    try expectRefusal("zeros.tflite", in: scratch, "expected a TFLite")
  }

  @Test func tenGigabytesThatStartLikeAModel() throws {
    let scratch = try Scratch()
    try sparse("start.tflite", in: scratch, start: Array(TestModels.classifier().prefix(8)))
    try expectRefusal("start.tflite", in: scratch)
  }

  private func sparse(_ name: String, in scratch: Scratch, start: [UInt8]) throws {
    try scratch.write(start, to: name)
    let handle = try #require(FileHandle(forWritingAtPath: "\(scratch.path)/\(name)"))
    try handle.truncate(atOffset: 10 << 30)
    try handle.close()
  }

  @Test func aPipeThatNobodyWritesTo() throws {
    let scratch = try Scratch()
    #expect(mkfifo("\(scratch.path)/pipe.tflite", 0o600) == 0)
    try expectRefusal("pipe.tflite", in: scratch, "no regular file")
  }

  @Test(arguments: [0.02, 0.3, 0.7, 0.999]) func aTruncatedModel(share: Double) throws {
    let scratch = try Scratch()
    let whole = TestModels.classifier()
    try scratch.write(Array(whole.prefix(Int(Double(whole.count) * share))), to: "part.tflite")
    let result = try EdgebenchProcess.run(["inspect", "part.tflite"], in: scratch)
    result.expectOneLine(status: 2, "part.tflite")
  }

  /// A flipped bit may leave a model sound, or make it another one; it never ends the program by a signal, and what is
  /// refused is refused in one line.
  @Test func aFlippedBitIsSurvived() throws {
    let scratch = try Scratch()
    let whole = TestModels.classifier()
    for step in 0..<40 {
      var bytes = whole
      // Most of the file is weights, where a flip is harmless: three of four go to the structure, at its ends.
      let spread = step * 7919
      let place =
        step % 4 == 0 ? spread % whole.count : spread % 700 + (step % 4 == 1 ? 0 : whole.count - 700)
      bytes[place] ^= 1 << UInt8(step % 8)
      try scratch.write(bytes, to: "flipped.tflite")
      let result = try EdgebenchProcess.run(["inspect", "flipped.tflite"], in: scratch)
      if result.status != 0 {
        result.expectOneLine(status: 2, "flipped.tflite")
      }
    }
  }
}
