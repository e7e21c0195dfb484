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
  /// Two unsigned 4-bit elements a byte, the first in the low half.
  case u4 = 14
  /// Four signed 2-bit elements a byte, the first in the lowest bits.
  case i2 = 15
  case u2 = 16
  /// The upper half of an f32.
  case bf16 = 17
  /// 8-bit floats, named after their bits of exponent and mantissa. "fn" has no infinities, "uz" no negative zero.
  case f8e4m3fn = 18
  case f8e4m3fnuz = 19
  case f8e5m2 = 20
  case f8e5m2fnuz = 21
  /// Two a byte, the first in the low half.
  case f4e2m1 = 22
  /// A power of two: 2^(x - 127), 255 for NaN.
  case f8e8m0 = 23

  /// The width of one element, in bits.
  public var bitWidth: Int {
    switch self {
    case .i2, .u2: 2
    case .i4, .u4, .f4e2m1: 4
    case .i8, .u8, .bool, .f8e4m3fn, .f8e4m3fnuz, .f8e5m2, .f8e5m2fnuz, .f8e8m0: 8
    case .f16, .bf16, .i16, .u16: 16
    case .f32, .i32, .u32: 32
    case .f64, .i64, .u64: 64
    }
  }

  public var isFloatingPoint: Bool {
    switch self {
    case .f32, .f16, .f64, .bf16, .f8e4m3fn, .f8e4m3fnuz, .f8e5m2, .f8e5m2fnuz, .f4e2m1, .f8e8m0: true
    case .i8, .u8, .i16, .u16, .i32, .i64, .bool, .i4, .u32, .u64, .u4, .i2, .u2: false
    }
  }

  /// The bytes that `count` elements occupy, the last byte padded; `nil` on overflow.
  public func byteCount(elements count: Int) -> Int? {
    let (bits, overflow) = count.multipliedReportingOverflow(by: bitWidth)
    guard !overflow, bits >= 0 else { return nil }
    return bits / 8 + (bits % 8 == 0 ? 0 : 1)
  }
}
