import Foundation
import Testing

/// Profiles that are unknown or unsound, on the command line.
@Suite struct BadProfileTests {
  private static let sound = """
    name: A board
    cores:
      - source: https://example.org/board
        type: Cortex-A53
        count: 4
        isa: armv8.0
        features: [neon]
        clock: 1 GHz
    memory:
      dram: { value: 512 MiB, source: https://example.org/board }

    """

  @Test func aSoundProfileIsSaidToBe() throws {
    let scratch = try Scratch()
    try scratch.write(Self.sound, to: "board.yaml")
    let one = try EdgebenchProcess.run(["profiles", "check", "board.yaml"], in: scratch)
    #expect(one.status == 0)
    #expect(one.output == "1 profile is sound.\n")
    let two = try EdgebenchProcess.run(["profiles", "check", "board.yaml", "board.yaml"], in: scratch)
    #expect(two.output == "2 profiles are sound.\n")
  }

  @Test func everyFindingHasALineAndTheStatusIs2() throws {
    let scratch = try Scratch()
    let text = Self.sound.replacingOccurrences(of: "512 MiB", with: "512 MB")
      .replacingOccurrences(of: "features", with: "featurs")
      .replacingOccurrences(of: "clock: 1 GHz", with: "clock: 1")
    try scratch.write(text, to: "board.yaml")
    let result = try EdgebenchProcess.run(["profiles", "check", "board.yaml"], in: scratch)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.contains("board.yaml:10: memory.dram"))
    #expect(result.errors.contains("'512 MB'; expected a binary size such as '512 MiB'"))
    #expect(
      result.errors.contains("board.yaml:7: cores[0].featurs is not a known key; did you mean 'features'?"))
    #expect(result.errors.contains("board.yaml:8: cores[0].clock"))
    let lines = result.errorLines
    #expect(lines.dropLast().allSatisfy { $0.hasPrefix("board.yaml:") })
    #expect(lines.last == "error: \(lines.count - 1) findings in 1 of 1 profile.")
  }

  @Test func aFigureWithoutASourceIsRefused() throws {
    let scratch = try Scratch()
    let text = Self.sound.replacingOccurrences(
      of: "{ value: 512 MiB, source: https://example.org/board }", with: "512 MiB")
    try scratch.write(text, to: "board.yaml")
    let check = try EdgebenchProcess.run(["profiles", "check", "board.yaml"], in: scratch)
    #expect(check.status == 2)
    #expect(check.errors.contains("board.yaml:10: memory.dram"))
    #expect(check.errors.contains("source"))
    let run = try EdgebenchProcess.run(["--profile", "board.yaml"], in: scratch)
    run.expectOneLine(status: 2, "board.yaml:10: memory.dram", "source")
  }

  @Test func anUnknownProfileIsAnsweredWithTheNearest() throws {
    let scratch = try Scratch()
    try scratch.write(TestModels.classifier(), to: "m.tflite")
    for command in [["run"], ["predict", "m.tflite"]] {
      let result = try EdgebenchProcess.run(command + ["--profile", "rpi-zero2w"], in: scratch)
      result.expectOneLine(status: 2, "Unknown profile 'rpi-zero2w'. Did you mean 'rpi-zero-2w'?")
    }
    let show = try EdgebenchProcess.run(["profiles", "show", "toaster"], in: scratch)
    show.expectOneLine(status: 2, "Unknown profile 'toaster'. See 'edgebench profiles list'.")
  }

  @Test func theListHasEveryProfileAndThisMachine() throws {
    let result = try EdgebenchProcess.run(["profiles"], in: Scratch())
    #expect(result.status == 0)
    let names = Set(result.output.split(separator: "\n").compactMap { $0.split(separator: " ").first })
    for name in ["rpi4", "rpi4-2gb", "rpi-zero-2w", "siemens-iot2050", "host"] {
      #expect(names.contains(Substring(name)))
    }
  }

  @Test func whatIsShownReadsBackWithTheSameDigest() throws {
    let scratch = try Scratch()
    let shown = try EdgebenchProcess.run(["profiles", "show", "rpi4-2gb"], in: scratch).output
    try scratch.write(shown, to: "copy.yaml")
    let again = try EdgebenchProcess.run(["profiles", "show", "copy.yaml"], in: scratch).output
    let digests = [shown, again].map { $0.split(separator: "\n").first?.split(separator: " ").last }
    #expect(digests[0]?.count == 64)
    #expect(digests[0] == digests[1])
  }

  @Test func aFolderWithoutProfilesIsNamed() throws {
    let scratch = try Scratch()
    let result = try EdgebenchProcess.run(["profiles", "list", "--profiles", "tmp"], in: scratch)
    result.expectOneLine(status: 2, "tmp: holds no profile", "--profiles")
  }
}
