import Records
import Testing

@testable import Execution

@Suite struct AgentEventTests {
  private func parse(_ line: String) throws -> AgentEvent { try AgentEvent(parsing: Array(line.utf8)) }

  @Test func eventsAreRead() throws {
    #expect(
      try parse(
        #"{"event":"hello","protocol":1,"version":"0.1.0","build":"release","plans":"\#(PlanRevision.own)","isa":"avx2"}"#
      )
        == .hello(.init(version: "0.1.0", build: "release", isa: "avx2")))
    #expect(try parse(#"{"event":"samples","ns":[3,1,2]}"#) == .samples([3, 1, 2]))
    #expect(
      try parse(
        #"{"event":"window","start_ns":0,"end_ns":9,"count":2,"median_ns":3,"p90_ns":4,"max_ns":5,"clock_hz":6,"temperature_millidegrees":48312}"#
      )
        == .window(
          .init(
            startNanoseconds: 0, endNanoseconds: 9, count: 2, medianNanoseconds: 3, p90Nanoseconds: 4,
            maximumNanoseconds: 5, clockHertz: 6, temperature: 48.312)))
    #expect(
      try parse(
        #"{"event":"done","timer_overhead_ns":1,"major_faults":0,"clock_before_hz":3,"clock_lowest_hz":2,"clock_highest_hz":4,"sampling_ns":9,"waited_ns":1}"#
      )
        == .done(
          .init(
            timerOverheadNanoseconds: 1, majorFaults: 0,
            clock: MeasuredClock(beforeHertz: 3, lowestHertz: 2, highestHertz: 4),
            contention: Contention(samplingNanoseconds: 9, waitedNanoseconds: 1))))
    #expect(
      try parse(#"{"event":"exit","status":137,"kills":1,"peak_memory_bytes":0,"message":""}"#)
        == .exit(.init(status: 137, message: "", peakBytes: nil, kills: 1)))
    #expect(try parse(#"{"event":"confined","mechanism":"rlimit"}"#) == .confined(mechanism: "rlimit"))
    #expect(
      try parse(#"{"event":"error","where":"first_inference","kind":"internal","message":"x"}"#)
        == .error(.init(phase: .firstInference, kind: "internal", message: "x")))
  }

  @Test(arguments: [
    "", "[", "[]", "null", "{}", #"{"event":"dance"}"#, #"{"event":"samples"}"#,
    #"{"event":"samples","ns":[-1]}"#, #"{"event":"samples","ns":[1e30]}"#,
    #"{"event":"samples","ns":["1"]}"#,
    #"{"event":"loaded","load_ns":1}"#, #"{"event":"output","index":-1,"bytes":4}"#,
    #"{"event":"error","where":"moon","kind":"k","message":"m"}"#,
    #"{"event":"first","first_inference_ns":9223372036854775808}"#,
    String(repeating: "[", count: 100_000), "\u{0}\u{1}\u{7F}",
  ]) func anythingElseIsAnErrorOfOneLine(line: String) {
    let error = #expect(throws: ExecutionError.self) { try parse(line) }
    #expect(error?.kind == .agentBroken)
    #expect(error?.description.contains { $0.isNewline } == false)
  }

  @Test func anotherProtocolIsNamed() {
    let error = #expect(throws: ExecutionError.self) {
      try parse(#"{"event":"hello","protocol":2,"build":"release","isa":"neon"}"#)
    }
    #expect(error?.kind == .wrongProtocol)
    #expect(
      error?.description == "the agent speaks protocol 2, this edgebench 1. Build both from one source.")
  }

  @Test func linesAreCutWhereverTheChunksEnd() {
    let text = Array("a\nbc\n\nd".utf8)
    for cut in 0...text.count {
      var lines = LineBuffer()
      var found: [[UInt8]] = []
      for part in [text[..<cut], text[cut...]] {
        _ = lines.append(part)
        while let line = lines.next() { found.append(line) }
      }
      #expect(found == ["a", "bc", ""].map { Array($0.utf8) }, "cut at \(cut)")
      #expect(lines.rest == Array("d".utf8))
    }
  }

  @Test func endlessLineIsRefused() {
    var lines = LineBuffer()
    let longest = lines.append([UInt8](repeating: 0x61, count: LineBuffer.maximumLength))
    let longer = lines.append([0x61])
    #expect(longest && !longer)
  }
}
