import CKernels
import Statistics
import Testing

/// A plan comes from outside: whatever an operator accepts it must run within its operands.
@Suite struct HostileParametersTests {
  static let operators = [
    EB_OP_UNARY_F32, EB_OP_LUT_X8, EB_OP_BINARY_F32, EB_OP_BINARY_I32, EB_OP_BINARY_I64, EB_OP_COMPARE_F32,
    EB_OP_COMPARE_I32, EB_OP_COMPARE_I64, EB_OP_LOGICAL_X8, EB_OP_SELECT_X32, EB_OP_SELECT_X8,
    EB_OP_REDUCE_F32,
    EB_OP_REDUCE_I32, EB_OP_ARG_REDUCE_F32, EB_OP_ARG_REDUCE_QS8, EB_OP_SOFTMAX_F32, EB_OP_LOG_SOFTMAX_F32,
    EB_OP_LAYER_NORM_F32, EB_OP_COPY, EB_OP_COPY_ND, EB_OP_FILL, EB_OP_GATHER, EB_OP_PAD_MIRROR,
    EB_OP_RESIZE_BILINEAR_F32, EB_OP_RESIZE_NEAREST, EB_OP_RESIZE_BILINEAR_QS8, EB_OP_CONVERT,
    EB_OP_MATH, EB_OP_BINARY_ANY, EB_OP_REDUCE_ANY, EB_OP_CUMULATIVE, EB_OP_TOP_INDICES,
    EB_OP_GATHER_ND, EB_OP_SCATTER_ND, EB_OP_REVERSE_SEQUENCE, EB_OP_DETERMINANT_F32,
  ]

  /// Parameters of small numbers, now and then a huge one, with operands of a few bytes.
  @Test(arguments: operators) func acceptedParametersStayWithinTheOperands(op: eb_op) throws {
    let entry = try #require(eb_operator_for(UInt32(op.rawValue)))
    let (accepts, run) = (try #require(entry.pointee.accepts), try #require(entry.pointee.run))
    let words = Int(entry.pointee.params_bytes) / 4
    var random = SeededGenerator(seed: UInt64(op.rawValue))
    var acceptedCount = 0
    var context = eb_context(threads: 1, pool: nil)
    let huge: [UInt32] = [.max, 1 << 31, 1 << 30, 0x7FFF_FFFF, 0xFFFF_FFFE, 1 << 16]
    for _ in 0..<15_000 {
      var params = (0..<words).map { word -> UInt32 in
        switch random.index(below: 24) {
        case 0: huge[random.index(below: huge.count)]
        case 1..<6: UInt32(random.index(below: 16))
        case 6..<12 where word % 2 == 1: 0  // the upper half of a 64-bit field
        default: UInt32(random.index(below: 3))
        }
      }
      // Mostly 64-bit fields of which the upper half is 0.
      if random.index(below: 2) == 0 {
        for word in stride(from: 1, to: words, by: 2) where params[word] < 16 { params[word] = 0 }
      }
      let operands = (0..<random.int(in: 1...4)).map { _ in Operand(byteCount: random.index(below: 600)) }
      let sizes = operands.map(\.byteCount)
      let isAccepted = params.withUnsafeBytes { accepts($0.baseAddress, sizes, sizes.count) }
      guard isAccepted else { continue }
      acceptedCount += 1
      let addresses = operands.map(\.address)
      params.withUnsafeBytes { run($0.baseAddress, addresses, &context) }
      for operand in operands { try #require(operand.hasIntactGuards, "\(params) \(sizes)") }
    }
    #expect(acceptedCount > 0, "the fuzzer found nothing to run")
  }
}
