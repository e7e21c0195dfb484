import CKernels
import Statistics
import Testing

/// A convolution, its tensors, and the result by definition.
struct F32Convolution {
  enum Kind: CaseIterable { case regular, depthwise, transposed }

  var kind: Kind
  var params: eb_conv2d_params
  var input: [Float]
  /// OHWI; HWC for depthwise.
  var weights: [Float]
  var bias: [Float]?

  init(_ kind: Kind, _ params: eb_conv2d_params, hasBias: Bool = true, random: inout SeededGenerator) {
    self.kind = kind
    self.params = params
    input = random.floats(
      Int(params.batch * params.in_height * params.in_width * params.in_channels), in: -1...1)
    weights = random.floats(
      Int(
        params.kernel_height * params.kernel_width * (params.in_channels / params.groups)
          * params.out_channels),
      in: -1...1)
    bias = hasBias ? random.floats(Int(params.out_channels), in: -1...1) : nil
  }

  func op(halfWeights: Bool) -> eb_op {
    switch kind {
    case .regular: halfWeights ? EB_OP_CONV2D_F32_F16W : EB_OP_CONV2D_F32
    case .depthwise: halfWeights ? EB_OP_DWCONV2D_F32_F16W : EB_OP_DWCONV2D_F32
    case .transposed: EB_OP_DECONV2D_F32
    }
  }

  var outputCount: Int {
    Int(params.batch * params.out_height * params.out_width * params.out_channels)
  }

  /// The operator's output on `isa`.
  func result(on isa: eb_isa, halfWeights: Bool = false) throws -> [Float] {
    let op = op(halfWeights: halfWeights)
    var params = params
    params.isa = isa.rawValue
    let needed = eb_conv2d_requirements(op.rawValue, &params)
    params.algorithm = needed.algorithm
    let packed = Operand(byteCount: needed.packed_bytes)
    eb_conv2d_pack_f32(op.rawValue, &params, weights, bias, packed.address)
    let output = Operand(room: outputCount, of: Float.self)
    var operands = [Operand(input), packed, output]
    if needed.scratch_bytes > 0 { operands.append(Operand(byteCount: needed.scratch_bytes)) }
    try run(op, params, operands)
    try expectRefusalOfShortOperands(op, params, operands)
    return output.elements(Float.self)
  }

  /// The definition, one output at a time.
  func expected() -> [F32Sum] {
    let p = params
    let groupInputs = Int(p.in_channels / p.groups)
    let groupOutputs = Int(p.out_channels / p.groups)
    var sums: [F32Sum] = []
    sums.reserveCapacity(outputCount)
    for n in 0..<Int(p.batch) {
      for y in 0..<Int(p.out_height) {
        for x in 0..<Int(p.out_width) {
          let taps = taps(y, x)
          for o in 0..<Int(p.out_channels) {
            var sum = F32Sum()
            if let bias { sum.add(Double(bias[o])) }
            for (ky, kx, iy, ix) in taps {
              for c in 0..<groupInputs {
                let from = ((n * Int(p.in_height) + iy) * Int(p.in_width) + ix) * Int(p.in_channels)
                let value = input[from + o / groupOutputs * groupInputs + c]
                sum.add(Double(value) * Double(weight(o, ky, kx, c)))
              }
            }
            sums.append(sum)
          }
        }
      }
    }
    return sums
  }

  private func weight(_ o: Int, _ ky: Int, _ kx: Int, _ c: Int) -> Float {
    let (height, width) = (Int(params.kernel_height), Int(params.kernel_width))
    if kind == .depthwise { return weights[(ky * width + kx) * Int(params.out_channels) + o] }
    return weights[((o * height + ky) * width + kx) * Int(params.in_channels / params.groups) + c]
  }

  /// The taps that output (y, x) sees, each with the input position that it meets.
  func taps(_ y: Int, _ x: Int) -> [(ky: Int, kx: Int, iy: Int, ix: Int)] {
    let p = params
    func meeting(
      _ output: Int, _ tap: Int, _ stride: UInt32, _ dilation: UInt32, _ pad: UInt32, _ input: UInt32
    ) -> Int? {
      let position: Int
      if kind == .transposed {
        let scaled = output + Int(pad) - tap * Int(dilation)
        guard scaled % Int(stride) == 0 else { return nil }
        position = scaled / Int(stride)
        guard scaled >= 0 else { return nil }
      } else {
        position = output * Int(stride) + tap * Int(dilation) - Int(pad)
      }
      return (0..<Int(input)).contains(position) ? position : nil
    }
    var result: [(ky: Int, kx: Int, iy: Int, ix: Int)] = []
    for ky in 0..<Int(p.kernel_height) {
      guard let iy = meeting(y, ky, p.stride_height, p.dilation_height, p.pad_top, p.in_height) else {
        continue
      }
      for kx in 0..<Int(p.kernel_width) {
        guard let ix = meeting(x, kx, p.stride_width, p.dilation_width, p.pad_left, p.in_width) else {
          continue
        }
        result.append((ky, kx, iy, ix))
      }
    }
    return result
  }
}

extension eb_conv2d_params {
  /// One image, a kernel of height x width, stride and dilation 1, one group, no padding, no clamp.
  init(input: (Int, Int, Int), kernel: (Int, Int), outputChannels: Int) {
    self.init()
    batch = 1
    (in_height, in_width, in_channels) = (UInt32(input.0), UInt32(input.1), UInt32(input.2))
    (kernel_height, kernel_width) = (UInt32(kernel.0), UInt32(kernel.1))
    out_channels = UInt32(outputChannels)
    (stride_height, stride_width, dilation_height, dilation_width, groups) = (1, 1, 1, 1, 1)
    (min, max) = (-.infinity, .infinity)
    fitOutput()
  }

  /// The output of a window that slides over the input padded by the same on both sides.
  mutating func fitOutput() {
    func fitted(_ input: UInt32, _ pad: UInt32, _ kernel: UInt32, _ dilation: UInt32, _ stride: UInt32)
      -> UInt32
    {
      let reach = (kernel - 1) * dilation + 1
      return input + 2 * pad < reach ? 1 : (input + 2 * pad - reach) / stride + 1
    }
    out_height = fitted(in_height, pad_top, kernel_height, dilation_height, stride_height)
    out_width = fitted(in_width, pad_left, kernel_width, dilation_width, stride_width)
  }

  /// Any geometry that a convolution of this kind can have, small.
  static func random(_ kind: F32Convolution.Kind, random: inout SeededGenerator) -> eb_conv2d_params {
    var p = eb_conv2d_params(
      input: (random.int(in: 1...9), random.int(in: 1...17), 1),
      kernel: (random.int(in: 1...4), random.int(in: 1...4)), outputChannels: 1)
    p.batch = UInt32(random.int(in: 1...2))
    p.groups = UInt32(random.int(in: 1...3))
    if kind == .depthwise {
      p.groups = UInt32(random.int(in: 1...37))
      p.in_channels = p.groups
      p.out_channels = p.groups * UInt32(random.int(in: 1...3) == 1 ? 2 : 1)
    } else {
      p.in_channels = p.groups * UInt32(random.int(in: 1...7))
      p.out_channels = p.groups * UInt32(random.int(in: 1...23))
    }
    p.stride_height = UInt32(random.int(in: 1...3))
    p.stride_width = UInt32(random.int(in: 1...3))
    p.dilation_height = UInt32(random.int(in: 1...2))
    p.dilation_width = UInt32(random.int(in: 1...2))
    p.pad_top = UInt32(random.int(in: 0...Int(p.kernel_height * p.dilation_height)))
    p.pad_left = UInt32(random.int(in: 0...Int(p.kernel_width * p.dilation_width)))
    p.min = random.float(in: -2 ... -0.5)
    p.max = random.float(in: 0.5...2)
    p.fitOutput()
    if kind == .transposed {
      p.out_height = UInt32(random.int(in: 1...Int(p.in_height * p.stride_height) + 3))
      p.out_width = UInt32(random.int(in: 1...Int(p.in_width * p.stride_width) + 3))
    }
    return p
  }

  var geometry: String {
    """
    [\(batch), \(in_height), \(in_width), \(in_channels)] -> [\(out_height), \(out_width), \(out_channels)], \
    kernel \(kernel_height)x\(kernel_width), stride \(stride_height), \(stride_width), \
    dilation \(dilation_height), \(dilation_width), pad \(pad_top), \(pad_left), groups \(groups)
    """
  }
}
