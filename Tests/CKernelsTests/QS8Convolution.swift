import CKernels
import Statistics
import Testing

/// The instruction sets that int8 operators run on here; each must give the scalar kernels' bits.
let int8InstructionSets = [
  EB_ISA_SCALAR, EB_ISA_AVX2, EB_ISA_AVX512, EB_ISA_AVX512VNNI, EB_ISA_NEON, EB_ISA_NEON_DOT,
  EB_ISA_NEON_I8MM,
].filter(
  eb_isa_is_supported)

/// A static int8 convolution, its tensors, and the result by definition.
struct QS8Convolution {
  var kind: F32Convolution.Kind
  var params: eb_conv2d_params
  var input: [Int8]
  /// OHWI; HWC for depthwise.
  var weights: [Int8]
  var bias: [Int32]?
  var scales: [Float]

  init(
    _ kind: F32Convolution.Kind, _ params: eb_conv2d_params, hasBias: Bool = true,
    random: inout SeededGenerator
  ) {
    self.kind = kind
    self.params = params
    self.params.in_zero_point = Int32(random.int(in: -128...127))
    self.params.out_zero_point = Int32(random.int(in: -128...127))
    self.params.out_min = Int32(random.int(in: -128...0))
    self.params.out_max = Int32(random.int(in: Int(self.params.out_min)...127))
    let outputs = Int(params.out_channels)
    input = random.steps(Int(params.batch * params.in_height * params.in_width * params.in_channels))
    weights = random.steps(params.weightCount)
    bias = hasBias ? (0..<outputs).map { _ in Int32(random.int(in: -9999...9999)) } : nil
    // Sums of products are around 10^4 times the square root of their number: most results are within the range.
    scales = random.floats(outputs, in: 0.0005...0.01)
  }

  var op: eb_op {
    switch kind {
    case .regular: EB_OP_CONV2D_QS8_QC8W
    case .depthwise: EB_OP_DWCONV2D_QS8_QC8W
    case .transposed: EB_OP_DECONV2D_QS8_QC8W
    }
  }

  /// The operator's output with weights packed for `isa`.
  func result(on isa: eb_isa) throws -> [Int8] {
    var params = params
    params.isa = isa.rawValue
    let needed = eb_conv2d_requirements(op.rawValue, &params)
    params.algorithm = needed.algorithm
    let packed = Operand(byteCount: needed.packed_bytes)
    eb_conv2d_pack_qs8(op.rawValue, &params, weights, bias, scales, packed.address)
    let output = Operand(room: params.outputCount, of: Int8.self)
    var operands = [Operand(input), packed, output]
    if needed.scratch_bytes > 0 { operands.append(Operand(byteCount: needed.scratch_bytes)) }
    try run(op, params, operands)
    try expectRefusalOfShortOperands(op, params, operands)
    return output.elements(Int8.self)
  }

  /// The definition: an exact sum, scaled in f32, rounded half to even, and clamped.
  func expected() -> [Int8] {
    let zeroPoint = Int(params.in_zero_point)
    let sums = params.sums(kind, input.map { Int($0) - zeroPoint }, weights.map { Int($0) })
    return sums.enumerated().map { index, sum in
      let channel = index % Int(params.out_channels)
      let total = Int32(truncatingIfNeeded: sum + Int(bias?[channel] ?? 0))
      return step(
        Float(total) * scales[channel], params.out_zero_point, params.out_min...params.out_max)
    }
  }
}

/// `real`, rounded half to even and moved by the zero point, within `range`; NaN is the upper bound.
func step(_ real: Float, _ zeroPoint: Int32, _ range: ClosedRange<Int32>) -> Int8 {
  let upper = Float(range.upperBound - zeroPoint)
  let lower = Float(range.lowerBound - zeroPoint)
  let clamped = max(real < upper ? real : upper, lower)
  return Int8(Int32(clamped.rounded(.toNearestOrEven)) + zeroPoint)
}

extension eb_conv2d_params {
  var weightCount: Int {
    Int(kernel_height * kernel_width * (in_channels / groups) * out_channels)
  }

  var outputCount: Int { Int(batch * out_height * out_width * out_channels) }

  /// The exact sums of products, one an output; `input` less its zero point.
  func sums(_ kind: F32Convolution.Kind, _ input: [Int], _ weights: [Int]) -> [Int] {
    var random = SeededGenerator(seed: 0)
    let geometry = F32Convolution(kind, self, random: &random)
    let (groupInputs, groupOutputs) = (Int(in_channels / groups), Int(out_channels / groups))
    let (height, width, outputs) = (Int(kernel_height), Int(kernel_width), Int(out_channels))
    var sums: [Int] = []
    sums.reserveCapacity(outputCount)
    for n in 0..<Int(batch) {
      for y in 0..<Int(out_height) {
        for x in 0..<Int(out_width) {
          let taps = geometry.taps(y, x)
          for o in 0..<outputs {
            var sum = 0
            for (ky, kx, iy, ix) in taps {
              let from = ((n * Int(in_height) + iy) * Int(in_width) + ix) * Int(in_channels)
              let first = from + o / groupOutputs * groupInputs
              if kind == .depthwise {
                sum += input[first] * weights[(ky * width + kx) * outputs + o]
              } else {
                let weight = ((o * height + ky) * width + kx) * groupInputs
                for c in 0..<groupInputs { sum += input[first + c] * weights[weight + c] }
              }
            }
            sums.append(sum)
          }
        }
      }
    }
    return sums
  }
}

extension SeededGenerator {
  mutating func steps(_ count: Int) -> [Int8] {
    (0..<count).map { _ in Int8(truncatingIfNeeded: next() >> 32) }
  }
}
