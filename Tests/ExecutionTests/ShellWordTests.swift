import Foundation
import Testing

@testable import Execution

/// What is quoted must reach a command behind a shell as it was.
@Suite struct ShellWordTests {
  static let hostile = [
    "", " ", "a b", "'", "''", "'; touch /tmp/owned; '", "$(touch owned)", "`touch owned`", "$HOME", "${IFS}",
    "\\", "\\\\'", "\"", "a\nb", "\n", "\t", "*", "?", "~", "~root", "-rf", "--", "!event", "#comment", "a;b",
    "a&b", "a|b", ">owned", "<in", "(sub)", "{a,b}", "[x]", "%s", "\u{1B}[2J", "ünïcödé", "模型 🤖", "\r",
    "'\\''", "a=b", "models/it's \"the\" $best.tflite",
  ]

  private func words(throughShell line: String) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    // As sshd does it: the whole line is the shell's script.
    process.arguments = ["-c", "printf '%s\\0' " + line]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return data.split(separator: 0, omittingEmptySubsequences: false).dropLast().map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  @Test func hostileNamesReachTheCommandAsTheyAre() throws {
    let line = try #require(ShellWord.commandLine(Self.hostile))
    #expect(try words(throughShell: line) == Self.hostile)
  }

  @Test(arguments: hostile) func eachHostileNameIsOneWord(name: String) throws {
    let line = try #require(ShellWord.commandLine([name]))
    #expect(try words(throughShell: line) == [name])
  }

  @Test func nulIsRefused() {
    #expect(ShellWord.commandLine(["a", "b\0c"]) == nil)
  }

  @Test func everyASCIICharacterSurvives() throws {
    let names = (1...127).compactMap { Unicode.Scalar($0).map { "x\($0)y" } }
    let line = try #require(ShellWord.commandLine(names))
    #expect(try words(throughShell: line) == names)
  }
}
