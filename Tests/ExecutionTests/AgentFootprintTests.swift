import CTimer
import Foundation
import Testing

@testable import Execution

/// What the agent brings into memory besides the model.
@Suite struct AgentFootprintTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// The names of the files that an agent has mapped, once it has answered `request`.
  private func mapped(after request: String?, until event: String) throws -> Set<String> {
    let agent = Process()
    agent.executableURL = URL(fileURLWithPath: Host.agent)
    let (input, output) = (Pipe(), Pipe())
    agent.standardInput = input
    agent.standardOutput = output
    try agent.run()
    if let request { input.fileHandleForWriting.write(Data((request + "\n").utf8)) }
    var heard = ""
    while !heard.contains(#""event":"\#(event)""#) {
      let data = output.fileHandleForReading.availableData
      try #require(!data.isEmpty, "the agent ended after \(heard)")
      heard += String(decoding: data, as: UTF8.self)
    }
    let maps = try String(contentsOfFile: "/proc/\(agent.processIdentifier)/maps", encoding: .utf8)
    try input.fileHandleForWriting.close()
    agent.waitUntilExit()
    return Set(maps.split(separator: "\n").compactMap { $0.split(separator: "/").last.map(String.init) })
  }

  @Test func timerAndItsLibrariesAreOpenedForSamplesOnly() throws {
    let plan = try scratch.write(TestPlan(count: 4).bytes, to: "model.ebplan")
    let requests: [(request: String?, event: String)] = [
      (nil, "hello"), (#"{"request":"infer","plan":"\#(plan)","output_dir":"\#(scratch.path)"}"#, "done"),
    ]
    for (request, event) in requests {
      let files = try mapped(after: request, until: event)
      #expect(!files.contains { $0.contains("timer") || $0.contains("libstdc++") }, "\(event): \(files)")
    }
    let files = try mapped(after: #"{"request":"measure","plan":"\#(plan)","samples":1}"#, until: "done")
    #expect(files.contains(EB_TIMER_LIBRARY))
  }

  @Test(arguments: [
    ("/nowhere/timer.so", "/nowhere/timer.so: the timer cannot be opened (No such file or directory)."),
    ("timer.so", "timer.so: the timer cannot be opened (expected a path with a folder)."),
    ("/proc/self/cmdline", "/proc/self/cmdline: the timer cannot be opened ("),
    ("/lib/x86_64-linux-gnu/libm.so.6", "/lib/x86_64-linux-gnu/libm.so.6: the timer cannot be opened ("),
  ]) func timerThatIsNoneIsAnErrorOfOneLine(path: String, expected: String) throws {
    let plan = try scratch.write(TestPlan(count: 4).bytes, to: "model.ebplan")
    let agent = Process()
    agent.executableURL = URL(fileURLWithPath: Host.agent)
    let request = #"{"request":"measure","plan":"\#(plan)","timer":"\#(path)"}"# + "\n"
    agent.standardInput = try FileHandle(
      forReadingFrom: URL(fileURLWithPath: scratch.write(Array(request.utf8), to: "in")))
    let output = Pipe()
    agent.standardOutput = output
    try agent.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    agent.waitUntilExit()
    let last = try #require(text.split(separator: 0x0A).last)
    guard case .error(let fault) = try AgentEvent(parsing: Array(last)) else {
      return #expect(Bool(false), "\(String(decoding: text, as: UTF8.self))")
    }
    #expect(fault.kind == "no_timer")
    #expect(fault.phase == .steadyState)
    #expect(fault.message.hasPrefix(expected), "\(fault.message)")
    #expect(fault.message.hasSuffix("Build it with 'make build'."))
  }
}
