/// Which of an engine's builds a row was measured with: their kernels differ, so rows of one build share more.
public struct EngineBuild: Sendable, Hashable, Comparable {
  /// "2.18.0" as [2, 18, 0]; for ncnn, whose builds are known by date, [1] since September 2022 and [0] before: int8 on
  /// cores with dot products is slower in the tables of before. Why is not known; January 2023 as the cut fits about as well.
  public var version: [Int] = []
  public var is64Bit = true
  public var usesXNNPACK = false

  public init() {}

  /// - Parameters:
  ///   - engine: "TFLite + XNNPACK".
  ///   - version: "TFLite 2.5.0 (python)": the first number with its dots counts.
  ///   - remark: Says "32-bit" of such a build.
  init(engine: String, version: String, remark: String) {
    let number = version.drop { !$0.isNumber }.prefix { $0.isNumber || $0 == "." }
    self.version = number.split(separator: ".").prefix(4).compactMap { Int($0) }
    is64Bit = !remark.contains("32-bit")
    usesXNNPACK = engine.contains("XNNPACK")
  }

  /// - Parameter ncnnDate: "2022-04-24"; empty where it is not known, and a late one is likely.
  init(ncnnDate: String) { version = [ncnnDate.isEmpty || ncnnDate >= "2022-09" ? 1 : 0] }

  /// The later first, then 64 bit, then XNNPACK: what is taken where one has to be chosen is the largest.
  public static func < (a: EngineBuild, b: EngineBuild) -> Bool {
    if a.version != b.version { return a.version.lexicographicallyPrecedes(b.version) }
    if a.is64Bit != b.is64Bit { return b.is64Bit }
    return !a.usesXNNPACK && b.usesXNNPACK
  }
}
