import Testing
import Units

@Suite struct ByteCountTests {
  @Test(
    arguments: [
      ("64MiB", 64 << 20), ("512 MiB", 512 << 20), ("8 KiB", 8192), ("1.5GiB", 3 << 29), ("896 B", 896),
      ("0 B", 0),
      ("2 TiB", 2 << 40), (" 1  KiB ", 1024), ("0.3 KiB", 307), ("0.0004882812500 KiB", 1),
      ("1.25 MiB", 1_310_720),
    ] as [(String, Int64)])
  func readsABinarySize(text: String, bytes: Int64) throws {
    #expect(try ByteCount(parsing: text) == ByteCount(bytes: bytes))
  }

  @Test(arguments: [
    "512 MB", "8 kb", "8 kB", "512", "MiB", "", " ", "-1 MiB", "+1 MiB", "1e3 MiB", "nan MiB", "inf MiB",
    ".5 MiB",
    "1. MiB", "1.2.3 MiB", "1,5 MiB", "512 mib", "512 MiB MiB", "0x10 MiB", "٣ MiB", "512\tMiB",
    "999999999999999999999 B",
  ])
  func refusesWhatIsNotABinarySize(text: String) {
    #expect(throws: UnitError(found: text, expected: "a binary size such as '512 MiB'")) {
      try ByteCount(parsing: text)
    }
  }

  @Test func saysWhatWasFoundAndWhatWasExpected() throws {
    let error = try #require(throws: UnitError.self) { try ByteCount(parsing: "512 MB") }
    #expect("memory.dram \(error)" == "memory.dram is '512 MB'; expected a binary size such as '512 MiB'")
  }

  @Test func refusesMoreBytesThanSixtyFourBitsHold() throws {
    #expect(try ByteCount(parsing: "8388607 TiB").bytes == 8_388_607 << 40)
    #expect(try ByteCount(parsing: "9223372036854775807 B").bytes == .max)
    for text in ["8388608 TiB", "9223372036854775808 B", "99999999999999999999 TiB"] {
      let error = try #require(throws: UnitError.self) { try ByteCount(parsing: text) }
      #expect(error.expected == "a binary size below 8 EiB, such as '512 MiB'")
    }
  }

  @Test func keepsAnErrorOnOneShortLine() throws {
    let hostile = String(repeating: "x\n\u{1B}[31m\u{202E}", count: 100_000)
    let error = try #require(throws: UnitError.self) { try ByteCount(parsing: hostile) }
    #expect(error.description.count < 150)
    #expect(error.description.allSatisfy { !$0.isNewline && $0 != "\u{1B}" && $0 != "\u{202E}" })
  }

  @Test(
    arguments: [
      (0, "0 B"), (896, "896 B"), (1023, "1023 B"), (1024, "1 KiB"), (64 << 20, "64 MiB"),
      (64_172_851, "61.2 MiB"),
      (1_073_741_823, "1024 MiB"), (1 << 30, "1 GiB"), (1537, "1.50 KiB"), (10_235, "10.0 KiB"),
      (-896, "-896 B"),
      (.max, "8388608 TiB"), (.min, "-9223372036854775808 B"),
    ] as [(Int64, String)])
  func printsThreeSignificantDigits(bytes: Int64, text: String) {
    #expect(ByteCount(bytes: bytes).description == text)
  }

  @Test func exactTextReadsBackAsTheSameSize() throws {
    for bytes: Int64 in [0, 1, 1023, 1024, 1537, 1 << 30, (1 << 30) + 1, 3 << 29, .max] {
      let text = ByteCount(bytes: bytes).exactText
      #expect(try ByteCount(parsing: text).bytes == bytes, "\(text)")
    }
    #expect(ByteCount(bytes: Int64(3) << 29).exactText == "1536 MiB")
  }
}
