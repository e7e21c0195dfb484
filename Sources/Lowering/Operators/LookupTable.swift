internal import CKernels
internal import Graph

/// What each of the 256 bytes is mapped to.
enum LookupTable {
  /// A function of quantized 8-bit numbers, or of truth values; `nil` for other tensors.
  ///
  /// The function is the f32 kernel's, at the real number of every step.
  static func unary(_ unary: Unary, from x: Tensor, to output: Tensor) -> [UInt8]? {
    if unary == .logicalNot { return (0..<256).map { $0 == 0 ? 1 : 0 } }
    guard x.elementType == .i8 || x.elementType == .u8, output.elementType == x.elementType,
      let from = x.quantization?.single, let to = output.quantization?.single
    else { return nil }
    let reals = elements(of: x.elementType).map { from.scale * Float(Int32($0) - from.zeroPoint) }
    let results: [Float]?
    if var parameters = eb_math_params(unary) {
      parameters.count = UInt64(reals.count)
      parameters.type = UInt32(ElementType.f32.rawValue)
      results = unary.isPredicate ? nil : apply(EB_OP_MATH, parameters, to: reals)
    } else {
      var parameters = eb_unary_params(unary)
      parameters.count = UInt64(reals.count)
      results = apply(EB_OP_UNARY_F32, parameters, to: reals)
    }
    return results?.map {
      quantize($0, .halfAwayFromZero, scale: to.scale, zeroPoint: to.zeroPoint, type: x.elementType)
    }
  }

  private static func apply<Parameters: BitwiseCopyable>(
    _ op: eb_op, _ parameters: Parameters, to reals: [Float]
  ) -> [Float]? {
    guard let run = eb_operator_for(op.rawValue)?.pointee.run else { return nil }
    var parameters = parameters
    var inputs = reals
    var results = reals
    var context = eb_context(threads: 1, pool: nil)
    inputs.withUnsafeMutableBytes { inputs in
      results.withUnsafeMutableBytes { results in
        let operands = [inputs.baseAddress, results.baseAddress]
        run(&parameters, operands, &context)
      }
    }
    return results
  }

  /// From one scale and zero point to another; `nil` where the types are not 8-bit and quantized.
  static func requantize(from x: Tensor, to output: Tensor, _ rounding: Rounding) -> [UInt8]? {
    guard x.elementType == .i8 || x.elementType == .u8,
      output.elementType == .i8 || output.elementType == .u8,
      let from = x.quantization?.single, let to = output.quantization?.single
    else { return nil }
    return elements(of: x.elementType).map {
      quantize(
        from.scale * Float(Int32($0) - from.zeroPoint), rounding, scale: to.scale, zeroPoint: to.zeroPoint,
        type: output.elementType)
    }
  }

  /// The number that each byte stands for, in the order of the bytes as unsigned numbers.
  private static func elements(of type: ElementType) -> [Int16] {
    (0..<256).map { type == .i8 ? Int16(Int8(bitPattern: UInt8($0))) : Int16($0) }
  }

  private static func quantize(
    _ real: Float, _ rounding: Rounding, scale: Float, zeroPoint: Int32, type: ElementType
  ) -> UInt8 {
    let rule: FloatingPointRoundingRule =
      rounding == .halfToEven ? .toNearestOrEven : .toNearestOrAwayFromZero
    let step = (real / scale).rounded(rule) + Float(zeroPoint)
    let bounds: (Float, Float) = type == .i8 ? (-128, 127) : (0, 255)
    // NaN becomes the zero point: no integer stands for it.
    let clamped = step.isNaN ? Float(zeroPoint) : min(max(step, bounds.0), bounds.1)
    return UInt8(truncatingIfNeeded: Int32(clamped))
  }
}
