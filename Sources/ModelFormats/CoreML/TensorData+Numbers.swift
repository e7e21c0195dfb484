import Graph
import Lowering

extension TensorData {
  /// Elements of fewer than 8 bits, the first in the lowest bits, as one byte each.
  ///
  /// - Precondition: There are `count * bits` bits, rounded up to bytes.
  func unpacked(bits: Int, count: Int, isSigned: Bool) -> TensorData {
    let mask = UInt16(1 << bits) - 1
    return withUnsafeBytes { source in
      TensorData(
        (0..<count).map { index -> UInt8 in
          let bit = index * bits
          let low = UInt16(source[bit / 8])
          let high = bit / 8 + 1 < source.count ? UInt16(source[bit / 8 + 1]) : 0
          let value = UInt8(truncatingIfNeeded: (low | high << 8) >> UInt16(bit % 8) & mask)
          guard isSigned, value >> UInt8(bits - 1) & 1 == 1 else { return value }
          return value | ~UInt8(truncatingIfNeeded: mask)
        })
    }
  }

  /// The numbers of a type of whole bytes that holds integers; `nil` for other types.
  func integers(_ type: ElementType) -> [Int]? {
    switch type {
    case .i8: elements(as: Int8.self).map { Int($0) }
    case .u8, .bool: elements(as: UInt8.self).map { Int($0) }
    case .i16: elements(as: Int16.self).map { Int($0) }
    case .u16: elements(as: UInt16.self).map { Int($0) }
    case .i32: elements(as: Int32.self).map { Int($0) }
    case .u32: elements(as: UInt32.self).map { Int($0) }
    case .i64: elements(as: Int64.self).map { Int($0) }
    case .u64: elements(as: UInt64.self).map { Int(clamping: $0) }
    default: nil
    }
  }

  /// The numbers of a type that a constant of Core ML is stored in, in single precision.
  func floats(_ type: ElementType) -> [Float] {
    switch type {
    case .f32: elements(as: Float.self)
    case .f64: elements(as: Double.self).map { Float($0) }
    case .f16: elements(as: UInt16.self).map { Float(halfBits: $0) }
    default: (integers(type) ?? []).map { Float($0) }
    }
  }
}
