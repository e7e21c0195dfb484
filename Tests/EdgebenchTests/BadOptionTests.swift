import Foundation
import Testing

/// Slips on the command line: one line that says what was expected, exit status 2.
@Suite struct BadOptionTests {
  private func expectRefusal(
    _ arguments: [String], _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let scratch = try Scratch()
    try scratch.write(TestModels.classifier(), to: "m.tflite")
    let result = try EdgebenchProcess.run(arguments, in: scratch)
    result.expectOneLine(status: 2, sourceLocation: sourceLocation)
    for part in parts {
      #expect(result.errors.contains(part), "\(result.errors)", sourceLocation: sourceLocation)
    }
  }

  @Test func anUnknownSubcommand() throws {
    try expectRefusal(["reprot", "results"], "Unknown subcommand 'reprot'. Did you mean 'report'?")
  }

  @Test func anUnknownOption() throws {
    try expectRefusal(
      ["run", "--profile", "rpi4", "--latencey", "50ms"], "--latencey", "Did you mean '--latency'?")
  }

  @Test func aMissingArgument() throws {
    try expectRefusal([], "--profile", "See 'edgebench --help'")
    try expectRefusal(["inspect"], "<model>", "See 'edgebench inspect --help'")
  }

  @Test(arguments: [
    ["measure"], ["size"], ["infer", "--output-dir", "out"], ["--profile", "rpi4", "--model"],
  ])
  func anUnknownEngine(command: [String]) throws {
    try expectRefusal(
      command + ["m.tflite", "--engine", "biultin"], "Unknown engine 'biultin'. Did you mean 'builtin'?")
  }

  @Test(arguments: [
    ["measure"], ["size"], ["predict", "--profile", "rpi4"], ["--profile", "rpi4", "--model"],
  ])
  func noThreads(command: [String]) throws {
    try expectRefusal(command + ["m.tflite", "--threads", "0"], "0")
    try expectRefusal(command + ["m.tflite", "--threads=-3"], "-3")
    try expectRefusal(command + ["m.tflite", "--threads", "two"], "two")
  }

  @Test(arguments: ["p99<50", "fast", "", "p0<=5ms", "p90<=-1ms", "p90<=5ms,p90<=6ms", "5 lightyears", "nan"])
  func aLatencyThatIsNone(text: String) throws {
    for command in [["size", "m.tflite"], ["--profile", "rpi4", "--model", "m.tflite"]] {
      try expectRefusal(command + ["--latency", text], "--latency")
    }
  }

  @Test(arguments: [
    ("--memory", "64MB"), ("--memory", "0 B"), ("--disk", "8"), ("--max-accuracy-drop", "1"),
    ("--throughput", "many"), ("--load", "1 MiB"), ("--first-inference", "soon"),
  ])
  func aLimitInAnotherUnit(option: String, text: String) throws {
    try expectRefusal(["--profile", "rpi4", option, text], option, "'\(text)'; expected")
  }

  @Test func aPrecisionThatIsNone() throws {
    try expectRefusal(
      ["predict", "m.tflite", "--profile", "rpi4", "--precision", "f64"],
      "'f64'; expected one of f32, f16, int8")
  }

  @Test func aShapeThatIsNone() throws {
    for text in ["image", "image=", "image=1xx3", "image=0x1", "=1x2", "image=-1x8x8x3"] {
      try expectRefusal(["inspect", "m.tflite", "--shape", text], text)
    }
    try expectRefusal(["inspect", "m.tflite", "--shape", "picture=1x8x8x3"], "picture")
    try expectRefusal(
      ["inspect", "m.tflite", "--shape", "image=1x8x8x3", "--shape", "image=1x9x9x3"], "'image' twice")
  }

  @Test func aFormatThatIsNone() throws {
    try expectRefusal(["report", "tmp", "--format", "markdown,word"], "'word'", "junit")
  }

  @Test func anArrayOfTheWrongShape() throws {
    let scratch = try Scratch()
    try scratch.write(TestModels.classifier(), to: "m.tflite")
    try scratch.write(.npy(shape: [1, 9, 8, 3]), to: "x.npy")
    for command in [["infer", "--output-dir", "out"], ["measure"]] {
      let result = try EdgebenchProcess.run(command + ["m.tflite", "--input", "x.npy"], in: scratch)
      result.expectOneLine(status: 2, "x.npy", "1x9x8x3", "'image'", "1x8x8x3")
    }
    #expect(scratch.leftovers == [])
  }

  @Test func anArrayThatIsNone() throws {
    let scratch = try Scratch()
    try scratch.write(TestModels.classifier(), to: "m.tflite")
    try scratch.write("1, 2, 3\n", to: "x.npy")
    let infer = ["infer", "m.tflite", "--output-dir", "out", "--input"]
    try EdgebenchProcess.run(infer + ["x.npy"], in: scratch).expectOneLine(status: 2, "x.npy", "numpy.save")
    try EdgebenchProcess.run(infer + ["gone.npy"], in: scratch).expectOneLine(
      status: 2, "gone.npy", "No such file")
    try EdgebenchProcess.run(infer + ["tmp"], in: scratch).expectOneLine(
      status: 2, "tmp: is not a regular file; expected an array")
    try scratch.write(.npy(shape: [1, 8, 8, 3]), to: "y.npy")
    try EdgebenchProcess.run(infer + ["picture=y.npy"], in: scratch)
      .expectOneLine(status: 2, "'picture'", "'image'")
    try EdgebenchProcess.run(infer + ["y.npy", "--input", "y.npy"], in: scratch)
      .expectOneLine(status: 2, "the model has 1")
  }
}
