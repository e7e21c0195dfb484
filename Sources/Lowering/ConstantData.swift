public import Graph

// Constants as the numbers they stand for.

extension Tensor {
  /// The elements of an f32, f16 or bf16 constant; `nil` for other types or where the bytes are too few.
  var floats: [Float]? {
    guard let constant, let count = shape.elementCount else { return nil }
    switch elementType {
    case .f32:
      let values = constant.elements(as: Float.self)
      return values.count == count ? values : nil
    case .f16:
      let bits = constant.elements(as: UInt16.self)
      return bits.count == count ? bits.map { Float(halfBits: $0) } : nil
    case .bf16:
      let bits = constant.elements(as: UInt16.self)
      return bits.count == count ? bits.map { Float(bitPattern: UInt32($0) << 16) } : nil
    default: return nil
    }
  }

  /// Whether ``floats`` are there, without a look at them.
  var isConstantOfFloats: Bool {
    switch elementType {
    case .f32, .f16, .bf16: hasAllBytes
    default: false
    }
  }

  /// Whether ``floats`` or ``signedBytes`` are there, without a look at them.
  var isConstantOfWeights: Bool {
    switch elementType {
    case .f32, .f16, .bf16, .i8, .i4: hasAllBytes
    default: false
    }
  }

  private var hasAllBytes: Bool {
    guard let constant, let count = shape.elementCount else { return false }
    let bits = count.multipliedReportingOverflow(by: elementType.bitWidth)
    return !bits.overflow
      && constant.byteCount == bits.partialValue / 8 + (bits.partialValue % 8 == 0 ? 0 : 1)
  }

  /// The elements of an i8 or i4 constant, widened to 8 bits.
  var signedBytes: [Int8]? {
    guard let constant, let count = shape.elementCount else { return nil }
    switch elementType {
    case .i8:
      let values = constant.elements(as: Int8.self)
      return values.count == count ? values : nil
    case .i4:
      let pairs = constant.elements(as: UInt8.self)
      guard pairs.count == count / 2 + count % 2 else { return nil }
      return (0..<count).map { index in
        let nibble = index % 2 == 0 ? pairs[index / 2] & 15 : pairs[index / 2] >> 4
        return Int8(bitPattern: nibble << 4) >> 4
      }
    default: return nil
    }
  }

  /// The integers of a constant of an integer type.
  var integers: [Int64]? {
    guard let constant, let count = shape.elementCount else { return nil }
    let values: [Int64]? =
      switch elementType {
      case .i4, .i8: signedBytes?.map(Int64.init)
      case .u8, .bool: constant.elements(as: UInt8.self).map(Int64.init)
      case .i16: constant.elements(as: Int16.self).map(Int64.init)
      case .u16: constant.elements(as: UInt16.self).map(Int64.init)
      case .i32: constant.elements(as: Int32.self).map(Int64.init)
      case .u32: constant.elements(as: UInt32.self).map(Int64.init)
      case .i64: constant.elements(as: Int64.self)
      case .u4: unsignedFields(constant, width: 4, count)
      case .u2: unsignedFields(constant, width: 2, count)
      case .u64, .i2: nil
      case .f16, .f32, .f64, .bf16, .f8e4m3fn, .f8e4m3fnuz, .f8e5m2, .f8e5m2fnuz, .f4e2m1, .f8e8m0: nil
      }
    return values?.count == count ? values : nil
  }

  /// Numbers of 2 or 4 bits, the first in the lowest bits of its byte; `nil` where there are fewer than `count`.
  private func unsignedFields(_ data: TensorData, width: Int, _ count: Int) -> [Int64]? {
    let bytes = data.elements(as: UInt8.self)
    let perByte = 8 / width
    guard count <= bytes.count * perByte else { return nil }
    return (0..<count).map { Int64(bytes[$0 / perByte] >> UInt8($0 % perByte * width)) & (1 << width - 1) }
  }

  /// The real numbers that a quantized or floating-point constant stands for; `nil` where there is no constant.
  public var reals: [Float]? {
    if elementType == .f64 { return constant?.elements(as: Double.self).map(Float.init) }
    if elementType.isFloatingPoint { return floats }
    guard let integers, let quantization else { return integers?.map { Float($0) } }
    guard let axis = quantization.axis else {
      guard let (scale, zeroPoint) = quantization.single else { return nil }
      return integers.map { scale * Float(Double($0) - Double(zeroPoint)) }
    }
    let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    let channels = shape[axis]
    guard quantization.scales.count == channels, quantization.zeroPoints.count == channels else { return nil }
    return integers.enumerated().map { index, value in
      let channel = index / inner % channels
      return quantization.scales[channel] * Float(Double(value) - Double(quantization.zeroPoints[channel]))
    }
  }
}

extension Float {
  /// The number with the given IEEE 754 binary16 representation.
  public init(halfBits bits: UInt16) {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 31)
    let fraction = Float(bits & 0x3ff)
    switch exponent {
    case 0: self = sign * fraction * 0x1p-24
    case 31: self = fraction == 0 ? sign * .infinity : .nan
    default: self = sign * (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
    }
  }

  /// The nearest bf16 number, ties to even, as bits.
  public var bfloatBits: UInt16 {
    if isNaN { return UInt16(bitPattern >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (UInt64(bitPattern) + 0x7FFF + UInt64(bitPattern >> 16 & 1)) >> 16)
  }

  /// The nearest IEEE 754 binary16 number, ties to even, as bits.
  public var halfBits: UInt16 {
    let sign: UInt16 = self.sign == .minus ? 0x8000 : 0
    let size = magnitude
    if isNaN { return sign | 0x7e00 }
    if size >= 65520 { return sign | 0x7c00 }
    if size < 0x1p-14 { return sign | UInt16((size * 0x1p24).rounded(.toNearestOrEven)) }
    let exponent = Int(size.exponent)
    let fraction = (size * Float(sign: .plus, exponent: 10 - exponent, significand: 1)).rounded(
      .toNearestOrEven)
    // A fraction that rounds up to 2048 carries into the exponent.
    return sign | (UInt16((exponent + 14) << 10) + UInt16(fraction))
  }
}
