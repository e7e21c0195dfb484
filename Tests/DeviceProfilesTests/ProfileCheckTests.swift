import DeviceProfiles
import Testing
import Units

@Suite struct ProfileCheckTests {
  /// The findings of the sound profile with `old` replaced.
  private func findings(_ old: String, _ new: String) -> [ProfileError] {
    #expect(sound.contains(old))
    return ProfileLibrary.check(text: sound.replacing(old, with: new), file: "profiles/test.yaml")
  }

  @Test func aSoundProfileHasNoFindings() { #expect(findings("TB1", "TB2") == []) }

  @Test func aWrongUnitIsShownWithWhatWasExpected() {
    #expect(
      findings("512 MiB", "512 MB").map(\.description) == [
        "profiles/test.yaml:18: memory.dram is '512 MB'; expected a binary size such as '512 MiB'."
      ])
  }

  @Test(arguments: [
    ("512 MiB", "512 MB", ProfileError.Kind.wrongUnit, 18), ("512 MiB", "512", .wrongUnit, 18),
    ("512 MiB", "1 B", .outOfRange, 18), ("512 MiB", "[1, 2]", .wrongType, 18),
    ("1 GHz", "1", .wrongUnit, 15),
    ("1 GHz", "99 GHz", .outOfRange, 15), ("count: 4", "count: four", .wrongType, 12),
    ("count: 4", "count: 0", .outOfRange, 12), ("count: 4", "count: -4", .wrongType, 12),
    ("count: 4", "count: 9999999999999999999999", .wrongType, 12), ("count: 4", "cuont: 4", .unknownKey, 12),
    ("features: [neon]", "features: neon", .wrongType, 14), ("TB1, source: sheet", "TB1", .missingSource, 7),
    ("TB1, source: sheet", "TB1, source: shet", .unknownSource, 7),
    ("TB1, source: sheet", "TB1, sauce: sheet", .unknownKey, 7), ("value: TB1, ", "", .missingKey, 7),
    ("p90<=100ms", "p90<=100", .wrongUnit, 23), ("p90<=100ms", "p100<=100ms", .wrongUnit, 23),
    ("p90<=100ms", "p90<100ms", .wrongUnit, 23), ("25% of dram", "125% of dram", .wrongUnit, 24),
    ("25% of dram", "a quarter", .wrongUnit, 24), ("1200 MB/s", "1200 Mbit/s", .wrongUnit, 19),
    ("sheet: https", "sheet: https://a.b\n  other: https", .unknownSource, 6),
    ("name: Test board", "name: ", .wrongType, 1),
    ("name: Test board", "title: Test board", .unknownKey, 1), ("class:", "name:", .syntax, 1),
  ])
  func everyKindOfMistakeIsNamedWithItsLine(old: String, new: String, kind: ProfileError.Kind, line: Int)
    throws
  {
    let found = findings(old, new)
    #expect(found.contains { $0.kind == kind && $0.line == line }, "\(found.map(\.description))")
    for finding in found {
      #expect(finding.description.hasPrefix("profiles/test.yaml:"))
      #expect(!finding.description.contains("\n"))
    }
  }

  @Test func allFindingsAreReportedInTheFilesOrder() {
    let text = sound.replacing("512 MiB", with: "512 MB").replacing("count: 4", with: "count: four")
      .replacing("  memory: 25%", with: "  memroy: 25%")
    let found = ProfileLibrary.check(text: text, file: "test.yaml")
    #expect(found.map(\.kind) == [.wrongType, .wrongUnit, .unknownKey])
    #expect(found.last?.message == "requirements.memroy is not a known key; did you mean 'memory'?")
  }

  @Test func aBareFigureWithoutASourceInItsBlockIsRefused() {
    let found = findings("{ value: 512 MiB, source: sheet }", "512 MB")
    #expect(found.map(\.kind) == [.wrongUnit, .missingSource])
  }

  @Test func aMistakeInAVariantIsFoundToo() {
    let text = sound + "\nvariants:\n  big:\n    memory:\n      dram: { value: 1 GB, source: sheet }\n"
    let found = ProfileLibrary.check(text: text, file: "test.yaml")
    #expect(
      found.map(\.description) == [
        "test.yaml:28: memory.dram is '1 GB'; expected a binary size such as '512 MiB'."
      ])
  }

  @Test func aShareOfMemoryNeedsTheMemory() {
    let found = findings("  dram: { value: 512 MiB, source: sheet }\n", "")
    #expect(found.map(\.kind) == [.missingKey])
  }
}
