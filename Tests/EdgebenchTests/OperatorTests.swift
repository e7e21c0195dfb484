import Foundation
import Testing

@Suite struct OperatorTests {
  /// The tests that ONNX's suite has and edgebench does not run follow.
  @Test func theDocumentStartsWithWhatTheProgramPrints() throws {
    let result = try EdgebenchProcess.run(["operators", "--markdown"], in: Scratch())
    let document = try String(
      contentsOfFile: "\(EdgebenchProcess.repository)/docs/operators.md", encoding: .utf8)
    #expect(document.hasPrefix(result.output), "run 'make docs'")
  }

  @Test func theTableNamesOperatorsWithTheirNumbers() throws {
    let result = try EdgebenchProcess.run(["operators"], in: Scratch())
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n")
    // The schema: ADD = 0, CONV_2D = 3, SOFTMAX = 25.
    for (name, number) in [("ADD", "0"), ("CONV_2D", "3"), ("SOFTMAX", "25")] {
      #expect(lines.contains { $0.split(separator: " ").map(String.init) == [name, number] })
    }
    #expect(lines.last?.hasPrefix("Not run: ") == true)
    #expect(lines.last?.contains(" SKIP_GRAM,") == true)
  }

  @Test func anOperatorThatIsNotRunIsNamedInTheError() throws {
    let scratch = try Scratch()
    try scratch.write(TestModels.custom(), to: "custom.tflite")
    let result = try EdgebenchProcess.run(["infer", "custom.tflite", "--output-dir", "out"], in: scratch)
    result.expectOneLine(
      status: 2, "custom.tflite", "TheSoundOfOneHand", "see 'edgebench operators'")
  }

  @Test func aModelWithAnOperatorThatIsNotRunIsSized() throws {
    let scratch = try Scratch()
    try scratch.write(TestModels.custom(), to: "custom.tflite")
    let result = try EdgebenchProcess.run(["inspect", "custom.tflite"], in: scratch)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("edgebench has no TheSoundOfOneHand (1)"))
    for part in [
      "input       x f32 1x4", "output      y f32 1x4", "arena       -", "not supported", "instead: ",
    ] {
      #expect(result.output.contains(part), "\(part) in\n\(result.output)")
    }
  }
}
