import Foundation
import Testing

/// `edgebench run` from the model to the records.
@Suite(.serialized) struct RunTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.write(TestModels.classifier(), to: "small.tflite")
  }

  private func run(_ arguments: String..., environment: [String: String] = [:]) throws
    -> EdgebenchProcess.Result
  {
    try EdgebenchProcess.run(["--profile", "rpi4"] + arguments, in: scratch, environment: environment)
  }

  private var records: [String] { scratch.records }

  @Test func aGenerousLimitNeedsNoCompression() throws {
    let result = try run("--model", "small.tflite", "--latency", "1s")
    #expect(result.status == 0)
    #expect(result.output.contains("small on rpi4: compression not required (projected)"))
    #expect(result.output.hasSuffix("Records and tables: results/rpi4\n"))
    #expect(records.count == 1)
    #expect(try scratch.read("results/rpi4/TABLES.md").contains("compression not required"))
    #expect(scratch.leftovers == [])
  }

  @Test func aLimitThatNothingMeetsIsInsufficientAndNoFailure() throws {
    let result = try run("--model", "small.tflite", "--latency", "1ns")
    #expect(result.status == 0)
    #expect(result.output.contains("small on rpi4: insufficient"))
  }

  @Test func aModelThatCannotBeCompressedIsInsufficientAndSoSaysTheReport() throws {
    // Two numbers and a sum: nothing in it has weights.
    try scratch.write(TestModels.sum(), to: "sum.tflite")
    let result = try run("--model", "sum.tflite", "--latency", "1ns", "--disk", "1KiB")
    #expect(result.status == 0)
    #expect(result.output.contains("sum on rpi4: insufficient"))
    #expect(result.output.contains("cannot be made: "))
    let report = try EdgebenchProcess.run(
      ["report", "results", "--latency", "1ns", "--disk", "1KiB"], in: scratch)
    #expect(report.output.contains("**sum on rpi4**: insufficient"))
  }

  @Test func moreThreadsComeBeforeCompression() throws {
    try scratch.write(TestModels.hungry(), to: "hungry.tflite")
    // No number of threads meets it, so one thread, all cores and the variants are tried in turn.
    let result = try run("--model", "hungry.tflite", "--latency", "1us")
    #expect(result.status == 0)
    #expect(result.output.contains("hungry on rpi4: reference, 1 thread"))
    #expect(result.output.contains("hungry on rpi4: reference, 4 threads"))
  }

  @Test func aLimitInsideTheBandIsInconclusive() throws {
    let json = try EdgebenchProcess.run(
      ["predict", "small.tflite", "--profile", "rpi4", "--json", "-"], in: scratch)
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    let latency = try #require(object?["latency_ns"] as? [String: Any])
    let median = try #require(latency["median"] as? Double)
    let result = try run("--model", "small.tflite", "--latency", "\(Int(median))ns", "--threads", "1")
    #expect(result.status == 0)
    #expect(result.output.contains("small on rpi4: inconclusive"))
    #expect(result.output.contains("straddles"))
  }

  @Test func aSecondRunMeasuresNothingAgainUnlessFresh() throws {
    let arguments = ["--profile", "rpi4", "--model", "small.tflite", "--latency", "1s"]
    func stamp() throws -> [Int] { try scratch.samples(try #require(records.first)) }
    for _ in 0..<5 {
      _ = try EdgebenchProcess.run(arguments, in: scratch)
      if try scratch.isValid(try #require(records.first)) { break }
    }
    guard try scratch.isValid(try #require(records.first)) else {
      return print(
        "SKIPPED aSecondRunMeasuresNothingAgainUnlessFresh: this machine is too busy for a VALID run")
    }
    let first = try stamp()
    let again = try EdgebenchProcess.run(arguments, in: scratch)
    #expect(again.status == 0)
    #expect(try stamp() == first)
    _ = try EdgebenchProcess.run(arguments + ["--fresh"], in: scratch)
    #expect(try stamp() != first)
    #expect(records.count == 1)
  }

  @Test func anotherStateOfTheModelIsMeasuredAgain() throws {
    _ = try run("--model", "small.tflite", "--latency", "1s")
    var bytes = TestModels.classifier()
    // The lowest bit of a weight: the same network, another file.
    bytes[bytes.count - 4] ^= 1
    try scratch.write(bytes, to: "small.tflite")
    _ = try run("--model", "small.tflite", "--latency", "1s")
    #expect(records.count == 2)
  }

  @Test func tooLittleMemoryIsAResultAndTheNextModelIsMeasured() throws {
    try scratch.write(TestModels.hungry(), to: "hungry.tflite")
    let result = try run(
      "--model", "hungry.tflite", "--model", "small.tflite", "--memory", "16MiB", "--latency", "10s")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("out of memory"))
    if geteuid() == 0 {
      // 16 MiB of activations in f32 do not fit, 4 MiB in int8 do.
      #expect(result.output.contains("hungry on rpi4: compression required: int8-static"))
    } else {
      #expect(!result.output.contains("hungry on rpi4: compression not required"))
    }
    #expect(result.output.contains("small on rpi4: compression not required"))
    #expect(scratch.leftovers == [])
  }

  /// The agent may live on pages that the host has read before: the kernel then charges it little, and does not kill it.
  @Test func lessMemoryThanTheAgentItselfNeedsIsAResultToo() throws {
    let result = try run("--model", "small.tflite", "--memory", "1MiB")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("small on rpi4: insufficient"))
  }

  @Test func aMissingAgentIsNamed() throws {
    for command in [
      ["--profile", "rpi4", "--model"], ["measure"], ["infer", "--output-dir", "out"],
      ["size", "--latency", "1s"],
    ] {
      let result = try EdgebenchProcess.run(
        command + ["small.tflite"], in: scratch, environment: ["EDGEBENCH_AGENT": "/nonexistent"])
      result.expectOneLine(status: 3, "/nonexistent", "edgebench-agent")
    }
    #expect(scratch.leftovers == [])
  }

  @Test func anAgentThatIsAnotherProgramIsNamed() throws {
    let result = try run("--model", "small.tflite", environment: ["EDGEBENCH_AGENT": "/bin/true"])
    result.expectOneLine(status: 3, "agent")
    #expect(records == [])
  }

  @Test func anOutputFolderThatCannotBeMadeIsNamed() throws {
    try scratch.write("", to: "file")
    let result = try run("--model", "small.tflite", "--output", "file/results")
    result.expectOneLine(status: 3, "file/results", "--output")
    #expect(scratch.leftovers == [])
  }

  @Test func aFullDiskKeepsWhatIsThere() throws {
    guard geteuid() == 0 else {
      return print("SKIPPED aFullDiskKeepsWhatIsThere: only root may mount a small file system")
    }
    let disk = scratch.path + "/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    let mounted = try Self.command("/usr/bin/mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk)
    guard mounted == 0 else {
      return print("SKIPPED aFullDiskKeepsWhatIsThere: mount failed with status \(mounted)")
    }
    defer { _ = try? Self.command("/usr/bin/umount", disk) }
    // 4 of the 64 KiB are left.
    try scratch.write([UInt8](repeating: 7, count: 60 << 10), to: "disk/earlier")
    let result = try run("--model", "small.tflite", "--output", "disk/results")
    result.expectOneLine(status: 3, "No space left on device", "Free some space")
    #expect(FileManager.default.contents(atPath: disk + "/earlier")?.count == 60 << 10)
    #expect(scratch.files(in: "disk").filter { $0.contains("tmp") } == [])
    #expect(scratch.leftovers == [])
  }

  @Test func aFullStdoutIsAFailureToo() throws {
    for command in [["profiles"], ["--help"], ["operators"], ["inspect", "small.tflite"]] {
      let result = try EdgebenchProcess.run(
        command, in: scratch, launcher: ["/bin/sh", "-c", "exec \"$0\" \"$@\" > /dev/full"])
      result.expectOneLine(status: 3, "stdout cannot be written: No space left on device")
    }
  }

  private static func command(_ program: String, _ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
