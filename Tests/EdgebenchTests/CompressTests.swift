import Foundation
import ModelFormats
import TestSupport
import Testing

/// `edgebench compress`: files that are read again, records beside them, and one line for each slip.
@Suite struct CompressTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.write(TestModels.classifier(), to: "m.tflite")
  }

  private func run(_ arguments: String...) throws -> EdgebenchProcess.Result {
    try EdgebenchProcess.run(["compress"] + arguments, in: scratch)
  }

  private func record(_ name: String) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(scratch.read(name).utf8))
    return try #require(object as? [String: Any])
  }

  private func samples(_ count: Int) -> [Float] { (0..<count * 192).map { Float($0 * 37 % 101) / 50 - 1 } }

  @Test func aModelIsConvertedAsItIs() throws {
    let result = try run("m.tflite", "--recipe", "reference", "-o", "out/m2.tflite")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("probabilities: the same"))
    #expect(try EdgebenchProcess.run(["inspect", "out/m2.tflite"], in: scratch).status == 0)
    let record = try record("out/m2.json")
    #expect(record["recipes"] as? [String] == ["reference"])
    #expect(record["accuracy"] as? String == "unknown")
  }

  @Test func aSuiteModelIsWritten() throws {
    let result = try run("suite:resnet-8", "--recipe", "f16", "-o", "resnet.tflite")
    #expect(result.status == 0, "\(result.errors)")
    #expect(try EdgebenchProcess.run(["inspect", "resnet.tflite"], in: scratch).status == 0)
    let missing = try run("suite:resnet-9", "--recipe", "f16", "-o", "resnet.tflite")
    missing.expectOneLine(status: 2, "The reference suite has no 'resnet-9'. Did you mean 'resnet-8'?")
  }

  @Test func samplesCalibrateAndAreOnRecord() throws {
    try scratch.write([UInt8].npy([5, 8, 8, 3], samples(5)), to: "batch.npy")
    try FileManager.default.createDirectory(
      atPath: scratch.path + "/single", withIntermediateDirectories: true)
    for number in 0..<5 {
      let one = Array(samples(5)[number * 192..<(number + 1) * 192])
      try scratch.write(
        [UInt8].npy(number == 0 ? [1, 8, 8, 3] : [8, 8, 3], one), to: "single/\(number).npy")
    }
    var digests: [String] = []
    for (path, name) in [("batch.npy", "a"), ("single", "b"), ("image=batch.npy", "c")] {
      let result = try run(
        "m.tflite", "--recipe", "int8-static", "--calibration", path, "-o", "\(name).tflite")
      #expect(result.status == 0 && result.errors == "", "\(result.errors)")
      let calibration = try #require(try record("\(name).json")["calibration"] as? [String: Any])
      #expect(calibration["samples"] as? Int == 5)
      digests.append(try #require(calibration["sha256"] as? String))
    }
    #expect(Set(digests).count == 1, "the same samples, however they are stored")
    let first = FileManager.default.contents(atPath: scratch.path + "/a.tflite")
    #expect(first == FileManager.default.contents(atPath: scratch.path + "/b.tflite"))
  }

  @Test func withoutSamplesTheRecordSaysSo() throws {
    let result = try run("m.tflite", "--recipe", "int8-static", "-o", "q.tflite")
    #expect(result.status == 0)
    #expect(result.errors.contains("warning: ranges are learnt from seeded numbers"))
    let calibration = try #require(try record("q.json")["calibration"] as? [String: Any])
    #expect(calibration["inputs"] as? String == "seeded")
    #expect(calibration["seed"] as? Int == 7)
  }

  @Test func recipesFollowEachOther() throws {
    let result = try run("m.tflite", "--recipe", "pruned-50,int8-static", "-o", "q.ebplan")
    #expect(result.status == 0, "\(result.errors)")
    #expect(try record("q.json")["recipes"] as? [String] == ["pruned-50", "int8-static"])
  }

  @Test func slipsAreNamed() throws {
    func expectRefusal(_ parts: String..., arguments: [String]) throws {
      let result = try EdgebenchProcess.run(["compress", "m.tflite"] + arguments, in: scratch)
      result.expectOneLine(status: 2)
      for part in parts { #expect(result.errors.contains(part), "\(result.errors)") }
      #expect(scratch.files(in: ".").filter { $0.hasPrefix("out") } == [])
    }
    try expectRefusal(
      "Unknown recipe 'int8-statik'. Did you mean 'int8-static'?",
      arguments: ["--recipe", "int8-statik", "-o", "out.tflite"])
    try expectRefusal(
      "out.h5: its extension names no format", ".tflite", arguments: ["--recipe", "f16", "-o", "out.h5"])
    func calibrated(_ path: String) -> [String] {
      ["--recipe", "int8-static", "--calibration", path, "-o", "out.tflite"]
    }
    try scratch.write([UInt8].npy([2, 8, 8], [Float](repeating: 0, count: 128)), to: "flat.npy")
    try expectRefusal("flat.npy: is f32 of shape 2x8x8", "1x8x8x3", arguments: calibrated("flat.npy"))
    var broken = samples(2)
    broken[192 + 5] = .nan
    try scratch.write([UInt8].npy([2, 8, 8, 3], broken), to: "nan.npy")
    try expectRefusal(
      "nan.npy: element 5 of sample 1 is not finite", arguments: calibrated("nan.npy"))
    try scratch.write([UInt8].npy([0, 8, 8, 3], []), to: "none.npy")
    try expectRefusal("none.npy: holds no samples", arguments: calibrated("none.npy"))
    try FileManager.default.createDirectory(
      atPath: scratch.path + "/empty", withIntermediateDirectories: true)
    try expectRefusal("empty: has no .npy files", arguments: calibrated("empty"))
    try expectRefusal("missing: no such file or folder", arguments: calibrated("missing"))
    try expectRefusal("--calibration names 'picture'", "'image'", arguments: calibrated("picture=nan.npy"))
  }

  @Test func aFullDiskLeavesTheOldFile() throws {
    guard geteuid() == 0 else {
      return print("SKIPPED aFullDiskLeavesTheOldFile: only root may mount a small file system")
    }
    let disk = scratch.path + "/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    let mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]
    guard try Self.command(mount) == 0 else {
      return print("SKIPPED aFullDiskLeavesTheOldFile: mount failed")
    }
    defer { _ = try? Self.command(["umount", disk]) }
    try scratch.write([UInt8](repeating: 7, count: 61 << 10), to: "disk/m.tflite")
    for format in ["tflite", "ebplan"] {
      let result = try run("m.tflite", "--recipe", "reference", "-o", "disk/m.\(format)")
      result.expectOneLine(status: 3, "No space left on device")
      #expect(scratch.files(in: "disk") == ["m.tflite"])
    }
    #expect(FileManager.default.contents(atPath: disk + "/m.tflite")?.count == 61 << 10)
  }

  private static func command(_ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
