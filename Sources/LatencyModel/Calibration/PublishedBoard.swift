/// What a board of the published rows is called as a profile, and its facts.
public struct PublishedBoard: Sendable {
  public var profile: String
  public var board: String
  public var coreType: String
  public var machine: Machine
  /// MB/s, where a source has it.
  public var copyBandwidth: Double?
  public var cores: Int

  public static func read(_ text: String, path: String) throws(TableError) -> [PublishedBoard] {
    var result: [PublishedBoard] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      if index == 0 || line.isEmpty { continue }
      guard let fields = CSVLine.fields(line), fields.count == 8, let clock = Double(fields[4]), clock > 0,
        let cores = Int(fields[7]), (1...256).contains(cores)
      else {
        throw TableError(
          path: path, line: index + 1, found: "'\(line.prefix(60))'",
          expected: "profile,board,core_type,core,mhz,dotprod,copy_mbps,cores")
      }
      result.append(
        PublishedBoard(
          profile: fields[0], board: fields[1], coreType: fields[2],
          machine: Machine(
            core: fields[3], clock: clock, copyBandwidth: Double(fields[6]), hasDotProduct: fields[5] == "1"),
          copyBandwidth: Double(fields[6]), cores: cores))
    }
    return result
  }
}
