import Foundation
import Testing

@testable import Execution

/// What the agent answers to requests that anybody may have written.
@Suite struct AgentRequestTests {
  /// The agent's events after its greeting, and its exit status.
  private func ask(_ input: [UInt8]) throws -> (lines: [String], status: Int32) {
    let scratch = try Scratch()
    let agent = Process()
    agent.executableURL = URL(fileURLWithPath: Host.agent)
    agent.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: scratch.write(input, to: "in")))
    let output = Pipe()
    agent.standardOutput = output
    try agent.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    agent.waitUntilExit()
    #expect(agent.terminationReason == .exit, "ended by signal \(agent.terminationStatus)")
    return (text.split(separator: "\n").dropFirst().map(String.init), agent.terminationStatus)
  }

  private func message(_ request: String) throws -> String {
    let (lines, status) = try ask(Array((request + "\n").utf8))
    #expect(status == 0)
    guard case .error(let fault) = try AgentEvent(parsing: Array(try #require(lines.last).utf8)) else {
      return "no error: \(lines)"
    }
    return "\(fault.kind): \(fault.message)"
  }

  @Test(arguments: [
    ("", "a value is not an object"), ("{", "the request is not JSON"), ("7", "a value is not an object"),
    (#"{"request":"measure"}"#, "no 'plan'"),
    (#"{"plan":"x"}"#, "no 'request'"),
    (#"{"request":"dance","plan":"x"}"#, "unknown request"),
    (#"{"request":"measure","plan":""}"#, "'plan' is not 1 to 4095 bytes long"),
    (#"{"request":"measure","plan":"a\u0000b"}"#, "'plan' contains a NUL"),
    (#"{"request":"measure","plan":"x","colour":1}"#, "unknown member in the request"),
    (#"{"request":"measure","plan":"x"} {}"#, "text after the request"),
    (#"{"request":"measure","plan":"x","samples":0}"#, "'samples' is out of range"),
    (#"{"request":"measure","plan":"x","samples":1.5}"#, "'samples' is not an integer"),
    (#"{"request":"measure","plan":"x","samples":9223372036854775808}"#, "'samples' is not an integer"),
    (#"{"request":"measure","plan":"x","min_ns":-9223372036854775808}"#, "'min_ns' is out of range"),
    (#"{"request":"measure","plan":"x","inputs":[{}]}"#, "an input has no source"),
    (#"{"request":"measure","plan":"x","inputs":[{"seed":1,"file":"f"}]}"#, "an input has two sources"),
    (#"{"request":"measure","plan":"\ud800"}"#, "'plan' is not a string"),
    (#"{"request":"infer","plan":"x"}"#, "no 'output_dir'"),
  ]) func senselessRequestIsNamed(request: String, expected: String) throws {
    let message = try message(request)
    #expect(message.hasPrefix("bad_request: \(expected)"), "\(message)")
  }

  @Test func escapesInPathsAreResolved() throws {
    let scratch = try Scratch()
    let plan = try scratch.write(TestPlan(count: 4).bytes, to: "modèle \"😀\".ebplan")
    let escaped = plan.replacingOccurrences(of: "\"", with: "\\\"")
      .replacingOccurrences(of: "è", with: "\\u00e8").replacingOccurrences(of: "😀", with: "\\ud83d\\uDE00")
    let (lines, _) = try ask(Array(#"{"request":"measure","plan":"\#(escaped)","samples":1}"#.utf8))
    #expect(lines.last?.hasPrefix(#"{"event":"done""#) == true, "\(lines)")
  }

  @Test func deepNestingIsRefused() throws {
    for opening in ["[", #"{"a":"#] {
      let deep = String(repeating: opening, count: 20_000)
      let message = try message(#"{"inputs":[\#(deep)"#)
      #expect(message.hasPrefix("bad_request: "), "\(message)")
    }
  }

  @Test func endlessLineEndsTheConversationWithAnError() throws {
    let (lines, status) = try ask([UInt8](repeating: 0x20, count: 1 << 20))
    #expect(lines.count == 1)
    #expect(lines.first?.contains("a line longer than 262144 bytes") == true)
    #expect(status == 0)
  }

  @Test func everyRequestOfALineIsAnsweredWhateverCameBefore() throws {
    let (lines, status) = try ask(Array("{\n[]\n\n{\"request\":\"measure\",\"plan\":\"/nowhere\"}".utf8))
    // Three errors; loading and an error.
    #expect(lines.count == 5, "\(lines)")
    #expect(status == 0)
  }

  @Test func mutatedRequestsNeverCrashTheAgent() throws {
    let seed: UInt64 = 20_240_501
    var generator = Generator(state: seed)
    let request = Array(
      #"{"request":"measure","plan":"/nowhere","inputs":[{"seed":1},{"file":"\u00e9"}],"samples":10,"max_ns":1}"#
        .utf8)
    var input: [UInt8] = []
    for _ in 0..<2000 {
      var mutated = request
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let index = Int.random(in: 0..<mutated.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: mutated[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: mutated.remove(at: index)
        default: mutated.insert(contentsOf: mutated[index...].prefix(8), at: index)
        }
      }
      input += mutated.filter { $0 != 0x0A } + [0x0A]
    }
    let (lines, status) = try ask(input)
    #expect(status == 0, "seed \(seed)")
    let answers = lines.filter { $0.hasPrefix(#"{"event":"error""#) }
    #expect(answers.count == 2000, "seed \(seed)")
    for line in lines { _ = try AgentEvent(parsing: Array(line.utf8)) }
  }

  @Test func optionsAreAnswered() throws {
    let agent = Process()
    agent.executableURL = URL(fileURLWithPath: Host.agent)
    agent.arguments = ["--version"]
    let output = Pipe()
    agent.standardOutput = output
    try agent.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    agent.waitUntilExit()
    #expect(
      text.wholeMatch(
        of:
          /edgebench-agent \d+\.\d+\.\d+ \(protocol 1, plans (\d+\.\d+), (debug|release) build, [a-z0-9]+\)\n/
      )?.1.description == PlanRevision.own.description)
  }
}

/// Xorshift64: a seeded generator for tests.
struct Generator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
