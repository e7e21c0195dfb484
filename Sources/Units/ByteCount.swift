/// A number of bytes: memory, a file, a buffer.
public struct ByteCount: Sendable, Hashable, Comparable, Codable {
  public var bytes: Int64

  public init(bytes: Int64) { self.bytes = bytes }
  public init(bytes: Int) { self.bytes = Int64(bytes) }

  public static func kibibytes(_ count: Double) -> ByteCount { ByteCount(bytes: Int64(count * 1024)) }
  public static func mebibytes(_ count: Double) -> ByteCount { ByteCount(bytes: Int64(count * 1_048_576)) }
  public static func gibibytes(_ count: Double) -> ByteCount {
    ByteCount(bytes: Int64(count * 1_073_741_824))
  }

  public static func < (a: ByteCount, b: ByteCount) -> Bool { a.bytes < b.bytes }
}
