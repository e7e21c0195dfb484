import Digests
import Testing

@Suite struct SHA256Tests {
  /// FIPS 180-4 examples (NIST, "Examples with Intermediate Values") and the empty message of CAVP's SHA256ShortMsg.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ])
  func matchesThePublishedExamples(message: String, digest: String) {
    #expect(SHA256.hexadecimal(of: message) == digest)
  }

  @Test func matchesThePublishedDigestOfAMillionTimesTheLetterA() {
    var hash = SHA256()
    let chunk = [UInt8](repeating: 0x61, count: 10_000)
    for _ in 0..<100 { hash.update(chunk) }
    #expect(hash.hexadecimal() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func doesNotDependOnHowTheMessageIsCut() {
    let message = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) }
    for length in [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 300] {
      let whole = SHA256.hexadecimal(of: Array(message.prefix(length)))
      for cut in 0...length {
        var hash = SHA256()
        hash.update(Array(message[..<cut]))
        hash.update(Array(message[cut..<length]))
        #expect(hash.hexadecimal() == whole, "length \(length), cut at \(cut)")
      }
    }
  }
}
