public import Graph

// Element types that NumPy does not have travel as the integers that hold their bits, one element an entry: bf16 as u16,
// 8-bit floats as u8, narrower ones as u8, or i8 where they have a sign.

extension NumpyFile {
  /// The array of a tensor, in a type that NumPy has.
  public init(carrying elementType: ElementType, shape: Shape, data: TensorData) {
    let carrier = elementType.carrier
    let width = elementType.bitWidth
    guard width < 8, let count = shape.elementCount else {
      self.init(elementType: carrier, shape: shape, data: data)
      return
    }
    let bytes = data.elements(as: UInt8.self)
    let perByte = 8 / width
    let entries = (0..<count).map { index -> UInt8 in
      // To the top, then down again: arithmetically where there is a sign.
      let high = bytes[index / perByte] << (8 - width - index % perByte * width)
      return carrier == .i8 ? UInt8(bitPattern: Int8(bitPattern: high) >> (8 - width)) : high >> (8 - width)
    }
    self.init(elementType: carrier, shape: shape, data: TensorData(entries))
  }

  /// The array as a tensor of `type`; `nil` where it is not in the type that carries those.
  public func carried(as type: ElementType) -> NumpyFile? {
    guard elementType == type.carrier else { return nil }
    let width = type.bitWidth
    guard width < 8 else { return NumpyFile(elementType: type, shape: shape, data: data) }
    let entries = data.elements(as: UInt8.self)
    let perByte = 8 / width
    var bytes = [UInt8](repeating: 0, count: (entries.count + perByte - 1) / perByte)
    for (index, entry) in entries.enumerated() {
      bytes[index / perByte] |= (entry & (1 << width - 1)) << (index % perByte * width)
    }
    return NumpyFile(elementType: type, shape: shape, data: TensorData(bytes))
  }
}

extension ElementType {
  /// The type that NumPy has for the bits of this one; itself where NumPy has it.
  fileprivate var carrier: ElementType {
    switch self {
    case .bf16: .u16
    case .i4, .i2: .i8
    case .u4, .u2, .f4e2m1, .f8e4m3fn, .f8e4m3fnuz, .f8e5m2, .f8e5m2fnuz, .f8e8m0: .u8
    case .f32, .f16, .f64, .i8, .u8, .i16, .u16, .i32, .i64, .bool, .u32, .u64: self
    }
  }
}
