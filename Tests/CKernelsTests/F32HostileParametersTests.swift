import CKernels
import Testing

/// Parameters come from a plan's file and may say anything: they are refused before a byte is touched.
@Suite struct F32HostileParametersTests {
  private static let conv2d: eb_conv2d_params = {
    var params = eb_conv2d_params(input: (8, 8, 4), kernel: (3, 3), outputChannels: 8)
    params.isa = EB_ISA_SCALAR.rawValue
    params.algorithm = eb_conv2d_requirements(EB_OP_CONV2D_F32.rawValue, &params).algorithm
    return params
  }()

  private func accepted(_ op: eb_op, _ change: (inout eb_conv2d_params) -> Void) throws -> Bool {
    var params = Self.conv2d
    change(&params)
    return try accepts(op, params, [8 * 8 * 4 * 4, 8 * 37 * 4, 6 * 6 * 8 * 4])
  }

  @Test func theUnchangedParametersAreAccepted() throws {
    #expect(try accepted(EB_OP_CONV2D_F32) { _ in })
  }

  @Test(
    arguments: [
      \.batch, \.in_height, \.in_width, \.in_channels, \.out_height, \.out_width, \.out_channels,
      \.kernel_height, \.kernel_width, \.stride_height, \.stride_width, \.dilation_height, \.dilation_width,
      \.groups,
    ] as [any WritableKeyPath<eb_conv2d_params, UInt32> & Sendable])
  func zeroIsRefused(size: any WritableKeyPath<eb_conv2d_params, UInt32> & Sendable) throws {
    for op in [EB_OP_CONV2D_F32, EB_OP_DWCONV2D_F32_F16W, EB_OP_DECONV2D_F32] {
      #expect(try !accepted(op) { $0[keyPath: size] = 0 })
    }
  }

  @Test(
    arguments: [
      \.batch, \.in_height, \.in_width, \.in_channels, \.out_height, \.out_width, \.out_channels,
      \.kernel_height, \.kernel_width, \.stride_height, \.stride_width, \.dilation_height, \.dilation_width,
      \.pad_top, \.pad_left, \.isa, \.algorithm, \.groups,
    ] as [any WritableKeyPath<eb_conv2d_params, UInt32> & Sendable])
  func aHugeNumberIsRefused(size: any WritableKeyPath<eb_conv2d_params, UInt32> & Sendable) throws {
    for op in [EB_OP_CONV2D_F32, EB_OP_DWCONV2D_F32_F16W, EB_OP_DECONV2D_F32] {
      for huge in [UInt32.max, 0x8000_0000, 0x7FFF_FFFF] {
        #expect(try !accepted(op) { $0[keyPath: size] = huge })
      }
    }
  }

  @Test func groupsThatDoNotDivideTheChannelsAreRefused() throws {
    #expect(try !accepted(EB_OP_CONV2D_F32) { $0.groups = 3 })
  }

  @Test func productsThatOverflowAreRefused() throws {
    let all = UInt32.max
    let conv2d = eb_conv2d_params(
      batch: all, in_height: all, in_width: all, in_channels: all, out_height: all, out_width: all,
      out_channels: all, kernel_height: 1 << 20, kernel_width: 1 << 20, stride_height: 1, stride_width: 1,
      dilation_height: 1, dilation_width: 1, pad_top: 0, pad_left: 0, groups: 1, isa: 0, algorithm: 1, min: 0,
      max: 0, in_zero_point: 0, out_zero_point: 0, out_min: 0, out_max: 0)
    for op in [EB_OP_CONV2D_F32, EB_OP_DWCONV2D_F32, EB_OP_DECONV2D_F32] {
      #expect(try !accepts(op, conv2d, [.max, .max, .max]))
    }
    var product = eb_matmul_params()
    (product.batch, product.m, product.n, product.k) = (all, all, all, all)
    (product.a_batch_stride, product.b_batch_stride) = (.max, .max)
    #expect(try !accepts(EB_OP_MATMUL_F32, product, [.max, .max, .max, .max]))
    var pool = eb_pool2d_params()
    (pool.batch, pool.in_height, pool.in_width, pool.channels) = (all, all, all, all)
    (pool.out_height, pool.out_width, pool.window_height, pool.window_width) = (all, all, 1, 1)
    (pool.stride_height, pool.stride_width) = (1, 1)
    #expect(try !accepts(EB_OP_MAX_POOL2D_F32, pool, [.max, .max]))
  }
}
