import Foundation
import Testing

/// `report`, `compare` and `gate`, on records that a run has left.
@Suite struct RecordCommandTests {
  let scratch: Scratch

  /// Made once: the folder of a run of one model.
  private static let run: Result<Scratch, any Error> = Result {
    let scratch = try Scratch()
    try scratch.write(TestModels.classifier(), to: "small.tflite")
    let run = try EdgebenchProcess.run(
      ["--profile", "rpi4", "--model", "small.tflite", "--latency", "1s"], in: scratch)
    try #require(run.status == 0, "\(run.errors)")
    // What is shared by all tests lives as long as the process.
    atexit { RecordCommandTests.removeRun() }
    return scratch
  }

  private static func removeRun() {
    if let scratch = try? run.get() { try? FileManager.default.removeItem(atPath: scratch.path) }
  }

  init() throws {
    scratch = try Scratch()
    try FileManager.default.copyItem(
      atPath: Self.run.get().path + "/results", toPath: scratch.path + "/results")
  }

  private func edgebench(_ arguments: String...) throws -> EdgebenchProcess.Result {
    try EdgebenchProcess.run(arguments, in: scratch)
  }

  @Test func oneFormatGoesToStdout() throws {
    let markdown = try edgebench("report", "results")
    #expect(markdown.status == 0)
    #expect(markdown.output.contains("**small on rpi4**: compression not required (projected)"))
    let csv = try edgebench("report", "results", "--format", "csv").output
    #expect(csv.hasPrefix("model,model_sha256,profile,variant,"))
    #expect(csv.split(separator: "\r\n").count == 2)
    let json = try edgebench("report", "results", "--format", "json").output
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    #expect(
      (object?["reports"] as? [[String: Any]])?.first?["verdict"] as? String == "compression not required")
    #expect(try edgebench("report", "results", "--format", "html").output.hasPrefix("<!DOCTYPE html>"))
    #expect(
      try edgebench("report", "results", "--format", "junit").output.contains("tests=\"1\" failures=\"0\""))
  }

  @Test func severalFormatsGoToFiles() throws {
    let result = try edgebench(
      "report", "results", "--format", "markdown,csv,html,json,junit", "--output", "pages")
    #expect(result.status == 0)
    let files = ["junit.xml", "report.csv", "report.html", "report.json", "report.md"]
    #expect(scratch.files(in: "pages") == files)
    #expect(Set(result.output.split(separator: "\n").map(String.init)) == Set(files.map { "pages/\($0)" }))
  }

  @Test func verdictsAreComputedAnewFromTheLimitsGiven() throws {
    let tight = try edgebench("report", "results", "--latency", "1ns")
    #expect(tight.output.contains("inconclusive"))
    #expect(tight.output.contains("No compressed variant has been tried"))
  }

  @Test func aBadRecordIsWarnedOfAndTheOthersStand() throws {
    try scratch.write("{\"schema\": 1, \"date\": 5", to: "results/torn.record.json")
    try scratch.write("{\"schema\": 99}", to: "results/future.record.json")
    for command in [["report", "results"], ["compare", "results", "results"]] {
      let result = try EdgebenchProcess.run(command, in: scratch)
      #expect(result.status == 0)
      #expect(result.errors.contains("warning: results/torn.record.json: is not JSON"))
      #expect(result.errors.contains("warning: results/future.record.json: schema is 99"))
      #expect(result.errorLines == [])
      #expect(result.output.contains("small"))
    }
  }

  @Test func aFolderWithoutRecordsIsNamed() throws {
    for command in [
      ["report", "tmp"], ["compare", "tmp", "results"], ["gate", "tmp", "--requirements", "R.yaml"],
    ] {
      try scratch.write("memory: 64 MiB\n", to: "R.yaml")
      try EdgebenchProcess.run(command, in: scratch).expectOneLine(status: 2, "tmp: holds no record")
    }
    try edgebench("report", "nowhere").expectOneLine(status: 2, "nowhere: cannot be listed")
  }

  @Test func comparedWithItselfNothingChanges() throws {
    let result = try edgebench("compare", "results", "results")
    #expect(result.status == 0)
    #expect(result.output.contains("no change") || result.output.contains("INVALID"))
    #expect(!result.output.contains("only in the"))
  }

  @Test func aGateThatIsMetPasses() throws {
    try scratch.write("latency: p99<=1s\nmemory: 64 MiB\nmodels:\n  small: { disk: 64 MiB }\n", to: "R.yaml")
    let result = try edgebench("gate", "results", "--requirements", "R.yaml", "--junit", "gate.xml")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.hasSuffix("1 passed\n"))
    #expect(result.errors == "")
    #expect(try scratch.read("gate.xml").contains("failures=\"0\""))
  }

  @Test func everyLimitThatIsNotMetHasALineAndTheStatusIs1() throws {
    try scratch.write("latency: p99<=1ns\nmemory: 64 KiB\ndisk: 64 MiB\n", to: "R.yaml")
    let result = try edgebench("gate", "results", "--requirements", "R.yaml", "--junit", "gate.xml")
    #expect(result.status == 1)
    let lines = result.errorLines
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("failed: small on rpi4, reference, 1 thread: p99 latency "))
    #expect(lines[1].hasPrefix("failed: small on rpi4, reference, 1 thread: peak memory "))
    #expect(lines[2] == "error: 1 of 1 did not pass the gate.")
    #expect(try scratch.read("gate.xml").contains("failures=\"1\""))
  }

  @Test(arguments: [
    ("latencey: p99<=50ms", "R.yaml:1: latencey is not a known key; did you mean 'latency'?"),
    ("memory: 64 MiB\nlatency: fast", "R.yaml:2: latency is 'fast'; expected a latency such as 'p99<=50ms'"),
    ("memory: 64 MB", "R.yaml:1: memory is '64 MB'; expected a binary size such as '64 MiB'"),
    ("memory: [64 MiB]", "R.yaml:1: memory is not a text"),
    (
      "memory: 64 MiB\nmodels:\n  small:\n    disc: 8 MiB",
      "R.yaml:4: models.small.disc is not a known key; did you mean 'disk'?"
    ),
    ("memory: 64 MiB\nmodels: 3", "R.yaml:2: models is not a map"),
    ("memory: 64 MiB\nmemory: 32 MiB", "R.yaml:1: has the key 'memory' twice"),
    (
      "memory: 64 MiB\nmodels:\n  smal: { disk: 8 MiB }",
      "models.smal is a model that no record is of; expected one of small"
    ),
    ("- memory", "R.yaml:1: the file is not a map"),
    ("variant: reference", "R.yaml:1: limits nothing"),
    ("", "R.yaml: is empty"),
    ("memory: &a 64 MiB", "R.yaml:1: has an anchor"),
    ("memory: {", "R.yaml"),
  ])
  func aFileOfRequirementsThatIsNone(text: String, message: String) throws {
    try scratch.write(text, to: "R.yaml")
    try edgebench("gate", "results", "--requirements", "R.yaml").expectOneLine(status: 2, message)
  }

  @Test func aMissingFileOfRequirements() throws {
    try edgebench("gate", "results", "--requirements", "R.yaml").expectOneLine(
      status: 2, "R.yaml: No such file")
  }

  @Test func aChangedProfileIsWarnedOf() throws {
    let profile = try edgebench("profiles", "show", "rpi4").output.replacingOccurrences(
      of: "32 KiB", with: "48 KiB")
    try FileManager.default.createDirectory(
      atPath: scratch.path + "/changed", withIntermediateDirectories: true)
    try scratch.write(profile, to: "changed/rpi4.yaml")
    let result = try edgebench("report", "results", "--profiles", "changed")
    #expect(result.status == 0)
    #expect(result.errors.contains("warning: profile 'rpi4' has changed"))
    let gone = try edgebench("report", "results", "--profiles", "tmp")
    #expect(gone.status == 0)
    #expect(gone.errors.contains("warning: Unknown profile 'rpi4'"))
  }
}
