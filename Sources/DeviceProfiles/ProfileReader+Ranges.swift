internal import Units

/// Quantities within generous ranges: they catch a slip of three digits.
extension ProfileReader {
  func cacheSize(_ node: Located, path: String) -> ByteCount? {
    quantity(node, path: path, in: ByteCount.kibibytes(1)...ByteCount.gibibytes(1), show: \.exactText)
  }

  func memorySize(_ node: Located, path: String) -> ByteCount? {
    quantity(node, path: path, in: ByteCount.mebibytes(1)...ByteCount.gibibytes(65536), show: \.exactText)
  }

  func limitSize(_ node: Located, path: String) -> ByteCount? {
    quantity(node, path: path, in: ByteCount.kibibytes(1)...ByteCount.gibibytes(65536), show: \.exactText)
  }

  func clock(_ node: Located, path: String) -> Frequency? {
    quantity(node, path: path, in: Frequency.megahertz(1)...Frequency.megahertz(10_000), show: \.exactText)
  }

  func power(_ node: Located, path: String) -> Power? {
    quantity(node, path: path, in: Power(watts: 0.001)...Power(watts: 10_000), show: \.exactText)
  }

  func perCycle(_ node: Located, path: String) -> Double? {
    number(node, path: path, in: 0.01...4096)
  }

  func bandwidth(_ node: Located, path: String) -> Bandwidth? {
    quantity(
      node, path: path, in: Bandwidth.megabytesPerSecond(0.1)...Bandwidth.megabytesPerSecond(10_000_000),
      show: \.exactText)
  }
}
