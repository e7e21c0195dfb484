/// The type of a tensor's elements, with XNNPACK's names where it has one.
public enum ElementType: UInt8, Sendable, Hashable, CaseIterable, Codable {
  case f32 = 1
  case f16 = 2
  case f64 = 3
  case i8 = 4
  case u8 = 5
  case i16 = 6
  case u16 = 7
  case i32 = 8
  case i64 = 9
  case bool = 10
  /// Two signed 4-bit elements a byte, the first in the low half.
  case i4 = 11
  case u32 = 12
  case u64 = 13

  /// The width of one element, in bits.
  public var bitWidth: Int {
    switch self {
    case .i4: 4
    case .i8, .u8, .bool: 8
    case .f16, .i16, .u16: 16
    case .f32, .i32, .u32: 32
    case .f64, .i64, .u64: 64
    }
  }

  public var isFloatingPoint: Bool { self == .f32 || self == .f16 || self == .f64 }

  /// The bytes that `count` elements occupy, the last byte padded; `nil` on overflow.
  public func byteCount(elements count: Int) -> Int? {
    let (bits, overflow) = count.multipliedReportingOverflow(by: bitWidth)
    guard !overflow, bits >= 0 else { return nil }
    return bits / 8 + (bits % 8 == 0 ? 0 : 1)
  }
}
