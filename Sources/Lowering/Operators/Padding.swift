internal import CKernels
public import Graph

extension PlanBuilder {
  mutating func lowerPad(
    _ node: Node, _ before: [Int], _ after: [Int], _ mode: PadMode
  ) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let result = outputTensor(node)
    switch mode {
    case .constant(let value):
      let output = try define(node.outputs[0])
      var parameters = eb_fill_params()
      parameters.count = UInt64(result.shape.elementCount ?? 0)
      parameters.element_bytes = UInt32(try elementBytes(result.elementType))
      parameters.value = try pattern(of: value, in: result)
      addStep(EB_OP_FILL, parameters, [output])
      let strides = result.shape.strides
      let offset = zip(before, strides).reduce(0) { $0 + $1.0 * $1.1 }
      try addStridedCopy(
        x.shape.dimensions, from: try input(0, of: node), x.shape.strides, to: output, strides,
        placedAt: offset,
        x.elementType)
    case .reflect: try addMirror(node, before, mode: 1)
    case .symmetric: try addMirror(node, before, mode: 2)
    case .edge: try addMirror(node, before, mode: 3)
    case .wrap: try addMirror(node, before, mode: 4)
    }
  }

  private mutating func addMirror(_ node: Node, _ before: [Int], mode: UInt32) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let result = outputTensor(node)
    // Neighbouring axes without padding are one.
    var merged: [(input: Int, before: Int, output: Int)] = []
    for axis in x.shape.dimensions.indices {
      let (extent, padded) = (x.shape[axis], result.shape[axis])
      if extent == padded, let last = merged.last, last.input == last.output {
        merged[merged.count - 1] = (last.input * extent, 0, last.output * extent)
      } else {
        merged.append((extent, before[axis], padded))
      }
    }
    guard merged.count <= Int(EB_MAX_RANK) else { throw unsupported("it pads more than \(EB_MAX_RANK) axes") }
    var parameters = eb_pad_mirror_params()
    parameters.mode = mode
    parameters.element_bytes = UInt32(try elementBytes(x.elementType))
    parameters.rank = UInt32(merged.count)
    copy(merged.map(\.input), to: &parameters.in_shape)
    copy(merged.map(\.before), to: &parameters.before)
    copy(merged.map(\.output), to: &parameters.out_shape)
    addStep(EB_OP_PAD_MIRROR, parameters, [try input(0, of: node), try define(node.outputs[0])])
  }

  /// The bytes of an element with the given real value.
  private func pattern(of value: Float, in tensor: Tensor) throws(LoweringError) -> UInt64 {
    switch tensor.elementType {
    case .f32: return UInt64(value.bitPattern)
    case .f16: return UInt64(value.halfBits)
    case .bf16: return UInt64(value.bfloatBits)
    case .f64: return Double(value).bitPattern
    default: break
    }
    let (scale, zeroPoint) = tensor.quantization?.single ?? (1, 0)
    let step = (Double(value) / Double(scale)).rounded() + Double(zeroPoint)
    guard let bounds = tensor.elementType.integerBounds, step.isFinite else {
      throw unsupported("\(tensor.elementType) cannot be padded with \(value)")
    }
    let integer =
      step <= Double(bounds.lowerBound)
      ? bounds.lowerBound
      : step >= Double(bounds.upperBound) ? bounds.upperBound : Int64(step)
    return UInt64(bitPattern: integer)
  }
}

extension ElementType {
  /// The whole numbers of a type, as far as `Int64` holds them.
  public var integerBounds: ClosedRange<Int64>? {
    switch self {
    case .i2: -2...1
    case .u2: 0...3
    case .i4: -8...7
    case .u4: 0...15
    case .i8: -128...127
    case .u8: 0...255
    case .i16: -32768...32767
    case .u16: 0...65535
    case .i32: Int64(Int32.min)...Int64(Int32.max)
    case .u32: 0...Int64(UInt32.max)
    case .i64: .min ... .max
    case .u64: 0 ... .max
    case .bool: 0...1
    case .f16, .f32, .f64, .bf16, .f8e4m3fn, .f8e4m3fnuz, .f8e5m2, .f8e5m2fnuz, .f4e2m1, .f8e8m0: nil
    }
  }
}
