import Foundation
import Testing

/// A search with a time limit, on the built program.
@Suite struct SearchTests {
  @Test func aSearchThatRunsOutOfTimeIsOpenAndGoesOn() throws {
    let scratch = try Scratch()
    try scratch.write(TestModels.classifier(), to: "m.tflite")
    let arguments = ["--profile", "rpi4", "--model", "m.tflite", "--latency", "1ns"]
    let cut = try EdgebenchProcess.run(arguments + ["--max-time", "1ms"], in: scratch)
    #expect(cut.status == 0, "\(cut.errors)")
    #expect(cut.output.contains("m on rpi4: inconclusive"))
    #expect(cut.output.contains("Not tried yet: f16, int8-dynamic, int8-static, pruned-50"))
    #expect(cut.output.contains("next: run the same command again: it goes on from there."))
    // The records say so too, whoever reads them.
    let report = try EdgebenchProcess.run(["report", "results", "--latency", "1ns"], in: scratch)
    #expect(report.output.contains("inconclusive") && !report.output.contains("insufficient"))
    let whole = try EdgebenchProcess.run(arguments, in: scratch)
    #expect(whole.output.contains("m on rpi4: insufficient"))
    #expect(whole.output.contains("Pareto set (latency, memory, disk, accuracy):"))
    #expect(whole.output.contains("next: try "))
    let bad = try EdgebenchProcess.run(arguments + ["--max-time", "later"], in: scratch)
    bad.expectOneLine(status: 2, "--max-time is 'later'; expected a time such as '10m'.")
  }
}
