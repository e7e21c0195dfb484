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
