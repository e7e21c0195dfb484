import CKernels
import Statistics
import Testing

/// A plan comes from outside: what an int8 operator accepts must run within its operands.
@Suite struct QS8HostileParametersTests {
  private static let huge: [UInt32] = [.max, 0x8000_0000, 0x7FFF_FFFF, 1 << 30, 1 << 16]

  private static let convolutions: [(op: eb_op, kind: F32Convolution.Kind, isDynamic: Bool)] = [
    (EB_OP_CONV2D_QS8_QC8W, .regular, false), (EB_OP_DWCONV2D_QS8_QC8W, .depthwise, false),
    (EB_OP_DECONV2D_QS8_QC8W, .transposed, false), (EB_OP_CONV2D_QD8_F32_QC8W, .regular, true),
    (EB_OP_DWCONV2D_QD8_F32_QC8W, .depthwise, true),
  ]

  /// One or two fields of a sound convolution changed: refused, or run within operands made for the sound one.
  @Test(arguments: 0..<5, int8InstructionSets)
  func changedConvolutionsAreRefusedOrStayWithinTheirOperands(index: Int, isa: eb_isa) throws {
    let (op, kind, isDynamic) = Self.convolutions[index]
    var random = SeededGenerator(seed: 51)
    var acceptedCount = 0
    for _ in 0..<400 {
      var params = eb_conv2d_params.random(kind, random: &random)
      params.isa = isa.rawValue
      let needed = eb_conv2d_requirements(op.rawValue, &params)
      let width = isDynamic ? 4 : 1
      let inputs = Int(params.batch * params.in_height * params.in_width * params.in_channels)
      let operands = [
        Operand(byteCount: inputs * width), Operand(byteCount: needed.packed_bytes),
        Operand(byteCount: params.outputCount * width), Operand(byteCount: needed.scratch_bytes),
      ]
      withUnsafeMutableBytes(of: &params) { bytes in
        let words = bytes.bindMemory(to: UInt32.self)
        for _ in 0..<random.int(in: 1...2) {
          let isHuge = random.index(below: 4) == 0
          // Not the instruction set (16): weights of another would make no sense, but no harm either.
          let word = [random.index(below: 16), random.int(in: 17...23)][random.index(below: 2)]
          words[word] = isHuge ? Self.huge[random.index(below: 5)] : UInt32(random.index(below: 9))
        }
      }
      guard try accepts(op, params, operands.map(\.byteCount)) else { continue }
      acceptedCount += 1
      try run(op, params, operands)
    }
    #expect(acceptedCount > 0, "seed 51: nothing was accepted")
  }

  @Test(arguments: 0..<5) func productsThatOverflowAreRefused(index: Int) throws {
    let all = UInt32.max
    for kernel in [UInt32(1), 1 << 16, .max] {
      var params = eb_conv2d_params(
        batch: all, in_height: all, in_width: all, in_channels: all, out_height: all, out_width: all,
        out_channels: all, kernel_height: kernel, kernel_width: kernel, stride_height: all, stride_width: all,
        dilation_height: all, dilation_width: all, pad_top: all, pad_left: all, groups: 1, isa: 0,
        algorithm: 0, min: 0, max: 0, in_zero_point: 0, out_zero_point: 0, out_min: 0, out_max: 0)
      let op = Self.convolutions[index].op
      #expect(try !accepts(op, params, [.max, .max, .max, .max]))
      let needed = eb_conv2d_requirements(op.rawValue, &params)
      #expect(UInt(bitPattern: needed.packed_bytes) == .max, "SIZE_MAX: what no memory can hold")
    }
  }

  @Test func stepsOutsideEightBitsAreRefused() throws {
    let sound = eb_conv2d_params(input: (2, 2, 4), kernel: (1, 1), outputChannels: 4)
    let changes: [(inout eb_conv2d_params) -> Void] = [
      { $0.in_zero_point = 128 }, { $0.in_zero_point = -129 }, { $0.out_zero_point = .max },
      { $0.out_min = -129 }, { $0.out_max = 128 }, { ($0.out_min, $0.out_max) = (1, 0) },
    ]
    for op in [EB_OP_CONV2D_QS8_QC8W, EB_OP_DECONV2D_QS8_QC8W] {
      #expect(try accepts(op, sound, [16, 999, 16, 999]))
      for change in changes {
        var params = sound
        change(&params)
        #expect(try !accepts(op, params, [16, 999, 16, 999]))
      }
    }
  }

  @Test func sumsOfAbsurdScalesAreRefused() throws {
    for scale in [Float.nan, .infinity, 1e30] {
      var params = eb_binary_params()
      (params.a_scale, params.b_scale, params.out_scale) = (scale, 1, 1)
      (params.out_min, params.out_max) = (-128, 127)
      #expect(try !accepts(EB_OP_BINARY_QS8, params, [1, 1, 1]))
    }
  }

  /// Pooling windows of small numbers, now and then a huge one.
  @Test(arguments: [EB_OP_MAX_POOL2D_QS8, EB_OP_AVERAGE_POOL2D_QS8])
  func changedPoolsAreRefusedOrStayWithinTheirOperands(op: eb_op) throws {
    var random = SeededGenerator(seed: 52)
    var acceptedCount = 0
    for _ in 0..<3000 {
      var params = eb_pool2d_params()
      (params.out_min, params.out_max) = (-128, 127)
      withUnsafeMutableBytes(of: &params) { bytes in
        let words = bytes.bindMemory(to: UInt32.self)
        for word in 0..<12 {
          let isHuge = random.index(below: 60) == 0
          words[word] = isHuge ? Self.huge[random.index(below: 5)] : UInt32(random.int(in: 1...4))
        }
      }
      let operands = [
        Operand(byteCount: random.index(below: 200)), Operand(byteCount: random.index(below: 200)),
      ]
      guard try accepts(op, params, operands.map(\.byteCount)) else { continue }
      acceptedCount += 1
      try run(op, params, operands)
    }
    #expect(acceptedCount > 0, "seed 52: nothing was accepted")
  }
}
