internal import CKernels
public import Graph

extension LoweredPlan {
  /// What each step calls, in the order of the steps.
  public var kernelCalls: [(node: String, call: KernelCall)] { steps.map { ($0.node, call(of: $0)) } }

  private func call(of step: LoweredStep) -> KernelCall {
    let inputs = step.operands[..<step.output].map { tensors[$0] }
    let output = tensors[step.operands[step.output]]
    var (read, constant) = (0, 0)
    for tensor in inputs {
      if case .constant = buffers[tensor.buffer].space {
        constant += tensor.byteCount
      } else {
        read += tensor.byteCount
      }
    }
    var call = KernelCall(
      kernel: eb_operator_for(step.op).map { String(cString: $0.pointee.name) } ?? "\(step.op)", sizes: [],
      macs: 0, readBytes: read, writtenBytes: output.byteCount, constantBytes: constant)
    switch eb_op(rawValue: step.op) {
    case EB_OP_CONV2D_F32, EB_OP_CONV2D_F32_F16W, EB_OP_CONV2D_QS8_QC8W, EB_OP_CONV2D_QD8_F32_QC8W,
      EB_OP_DECONV2D_F32, EB_OP_DECONV2D_QS8_QC8W, EB_OP_DWCONV2D_F32, EB_OP_DWCONV2D_F32_F16W,
      EB_OP_DWCONV2D_QS8_QC8W, EB_OP_DWCONV2D_QD8_F32_QC8W:
      call.describe(step.parameters(as: eb_conv2d_params.self))
    case EB_OP_FULLY_CONNECTED_F32, EB_OP_FULLY_CONNECTED_F32_F16W, EB_OP_FULLY_CONNECTED_QS8_QC8W,
      EB_OP_FULLY_CONNECTED_QD8_F32_QC8W:
      call.describe(step.parameters(as: eb_fully_connected_params.self))
    case EB_OP_FULLY_CONNECTED_F32_SPARSE: call.describe(step.parameters(as: eb_sparse_params.self))
    case EB_OP_FULLY_CONNECTED_F32_QB4W, EB_OP_FULLY_CONNECTED_F32_QB8W:
      call.describe(step.parameters(as: eb_block_weights_params.self))
    case EB_OP_MATMUL_F32: call.describe(step.parameters(as: eb_matmul_params.self))
    case EB_OP_MAX_POOL2D_F32, EB_OP_AVERAGE_POOL2D_F32, EB_OP_MAX_POOL2D_QS8, EB_OP_AVERAGE_POOL2D_QS8:
      call.describe(step.parameters(as: eb_pool2d_params.self))
    case EB_OP_UNARY_F32:
      call.describe(kind: step.parameters(as: eb_unary_params.self).kind, inputs, output)
    case EB_OP_BINARY_F32:
      call.describe(kind: step.parameters(as: eb_binary_params.self).kind, inputs, output)
    default: call.describe(kind: nil, inputs, output)
    }
    return call
  }
}

extension LoweredStep {
  /// - Precondition: The operator's parameters are of this type.
  fileprivate func parameters<Parameters: BitwiseCopyable>(as type: Parameters.Type) -> Parameters {
    precondition(parameters.count >= MemoryLayout<Parameters>.size)
    return parameters.withUnsafeBytes { $0.loadUnaligned(as: type) }
  }
}

extension KernelCall {
  fileprivate mutating func describe(_ parameters: eb_conv2d_params) {
    let depth = Int(parameters.in_channels / max(1, parameters.groups))
    let taps = Int(parameters.kernel_height) * Int(parameters.kernel_width)
    let pixels = Int(parameters.batch) * Int(parameters.out_height)
    sizes = [
      pixels, Int(parameters.out_width), Int(parameters.out_channels), depth, taps,
      Int(parameters.stride_width),
    ]
    kernel += "/\(parameters.algorithm)" + (parameters.groups > 1 && depth > 1 ? "g" : "")
    macs =
      family.hasPrefix("deconv2d")
      ? Self.product([
        Int(parameters.batch), Int(parameters.in_height), Int(parameters.in_width), depth, taps, sizes[2],
      ]) : Self.product(sizes[..<5])
  }

  fileprivate mutating func describe(_ parameters: eb_fully_connected_params) {
    sizes = [Int(parameters.rows), Int(parameters.out_channels), Int(parameters.in_channels)]
    // A product with one vector is bound by the weights, and another kernel.
    kernel += "/\(parameters.algorithm)" + (parameters.rows == 1 ? "v" : "")
    macs = Self.product(sizes[...])
  }

  /// Only the products with weights that are stored count.
  fileprivate mutating func describe(_ parameters: eb_sparse_params) {
    sizes = [Int(parameters.rows), Int(parameters.out_channels), Int(parameters.in_channels)]
    kernel += "/\(parameters.algorithm)b\(parameters.block)"
    let stored = Self.product([Int(clamping: parameters.entries), max(1, Int(parameters.block))])
    macs = Self.product([sizes[0], stored])
  }

  fileprivate mutating func describe(_ parameters: eb_block_weights_params) {
    sizes = [Int(parameters.rows), Int(parameters.out_channels), Int(parameters.in_channels)]
    kernel += parameters.rows == 1 ? "/v" : ""
    macs = Self.product(sizes[...])
  }

  fileprivate mutating func describe(_ parameters: eb_matmul_params) {
    sizes = [Int(parameters.batch), Int(parameters.m), Int(parameters.n), Int(parameters.k)]
    kernel += "/\(parameters.transpose_a)\(parameters.transpose_b)"
    macs = Self.product(sizes[...])
  }

  fileprivate mutating func describe(_ parameters: eb_pool2d_params) {
    sizes = [
      Int(parameters.batch) * Int(parameters.out_height), Int(parameters.out_width), Int(parameters.channels),
      Int(parameters.window_height) * Int(parameters.window_width), Int(parameters.stride_width),
    ]
    macs = Self.product(sizes[..<4])
  }

  /// Elements written and read, and how many lie side by side.
  fileprivate mutating func describe(kind: UInt32?, _ inputs: [LoweredTensor], _ output: LoweredTensor) {
    if let kind { kernel += "/\(kind)" }
    let read = inputs.map { $0.shape.elementCount ?? 0 }.max() ?? 0
    let innermost = inputs.map { $0.shape.dimensions.last ?? 1 } + [output.shape.dimensions.last ?? 1]
    sizes = [output.shape.elementCount ?? 0, read, innermost.min() ?? 1, innermost.max() ?? 1]
  }

  /// `Int.max` where it is more.
  private static func product(_ factors: ArraySlice<Int>) -> Int {
    factors.reduce(1) { product, factor in
      let (result, overflow) = product.multipliedReportingOverflow(by: factor)
      return overflow ? Int.max : result
    }
  }
}
