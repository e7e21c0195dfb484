internal import CKernels
internal import CPlanFormat

/// How this program was compiled.
enum Build {
  static var configuration: StaticString {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }
}

extension JSONWriter {
  /// Which plans this program runs: the format's version and the operators' revision, "2.305419896".
  mutating func planRevision() {
    number(EB_PLAN_VERSION)
    byte(UInt8(ascii: "."))
    number(eb_operators_revision())
  }
}
