import DeviceProfiles
import Foundation
import Testing

@Suite struct HostileProfileTests {
  /// Text that a parser could choke on: each is refused with one short line.
  @Test(arguments: [
    "", "\n", "#", "---\n", "--- a\n--- b\n", "[]", "text", "a: b: c", "{", "\"", "\t", "a:\n\t- b",
    "%YAML 1.2\n---\na: 1",
    "a: &x 1\nb: *x", "&x a: 1", "{?*a: 1}", "a: !!python/object 1", "a: ! 1", "? [a]\n: b", "? {a: b}\n: c",
    "- - - a",
    "name: \u{0}", "name: \u{1B}[31m", "name: a\u{2028}b", "\u{FEFF}name: x", "<<: {name: x}",
    "name: |\n  a\n  b\n",
    "cores: [{type: x}]", "cores: []", "cores: 3", "memory: [1]", "sources: [1]", "variants: [1]",
    "variants: {'a b': {}}",
    "variants: {a: 1}", "variants: {a: {variants: {}}}", "calibration: {}", "calibration: [1]", "name: ~",
    "name: null",
    String(repeating: "[", count: 20_000), String(repeating: "{a: ", count: 10_000),
    String(repeating: "- ", count: 20_000),
    String(repeating: "? ", count: 20_000), String(repeating: "a: 1\n", count: 10_000),
    String(repeating: "x", count: 60_000),
    "name: " + String(repeating: "x", count: 60_000),
    "cores: [" + String(repeating: "{},", count: 20_000) + "]",
    "a: [" + String(repeating: "1, ", count: 20_000) + "]",
  ])
  func isRefusedInOneLine(text: String) {
    let findings = ProfileLibrary.check(text: text, file: "x.yaml")
    #expect(!findings.isEmpty)
    for finding in findings {
      #expect(finding.description.count < 400)
      #expect(!finding.description.contains { $0.isNewline || $0 == "\u{1B}" })
    }
  }

  @Test func aliasesThatMultiplyAreRefusedBeforeTheyAreExpanded() {
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...40 {
      bomb +=
        "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
        + "]\n"
    }
    let findings = ProfileLibrary.check(text: bomb, file: "x.yaml")
    #expect(findings.map(\.kind) == [.syntax])
    #expect(
      findings[0].description == "x.yaml:1: has an anchor or alias ('&'); expected every value written out.")
  }

  @Test func anAmpersandInsideAnAddressIsNoAnchor() {
    let text = sound.replacing("https://example.org/datasheet", with: "https://example.org/a?b=c&d=e*f")
    #expect(ProfileLibrary.check(text: text, file: "x.yaml") == [])
  }

  @Test func truncationsOfASoundProfileNeverCrash() {
    for length in 0..<sound.utf8.count {
      _ = ProfileLibrary.check(
        text: String(decoding: sound.utf8.prefix(length), as: UTF8.self), file: "x.yaml")
    }
  }

  @Test func changedBytesNeverCrash() {
    // A linear congruential generator (Knuth, MMIX constants), seed 1.
    var state: UInt64 = 1
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }
    for _ in 0..<1000 {
      var bytes = Array(sound.utf8)
      for _ in 0..<3 { bytes[next() % bytes.count] = UInt8(next() % 128) }
      _ = ProfileLibrary.check(text: String(decoding: bytes, as: UTF8.self), file: "x.yaml")
    }
  }

  @Test func filesThatAreNoProfilesAreRefused() throws {
    let library = try Scratch.library(["huge": String(repeating: "a", count: 70_000)])
    defer { Scratch.remove(library) }
    let folder = library.directory
    try Data([0xFF, 0xFE, 0x80]).write(to: URL(fileURLWithPath: folder + "/binary.yaml"))
    try FileManager.default.createDirectory(
      atPath: folder + "/folder.yaml", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/device.yaml", withDestinationPath: "/dev/zero")
    for name in ["huge", "binary", "folder", "device", "missing"] {
      let findings = ProfileLibrary.check(file: "\(folder)/\(name).yaml")
      #expect(findings.map(\.kind) == [.unreadable], "\(name): \(findings)")
    }
  }
}
