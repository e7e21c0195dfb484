internal import CKernels

/// Which of an operator's operands it writes to; see `enum eb_op`.
enum OperandRoles {
  /// The first operand that `op` writes to; those after it (scratch, workspace) are written to as well.
  static func firstWritten(of op: UInt32, count: Int) -> Int {
    hasWorkspaceOperand(op) ? 2 : endsWithScratch(op) ? count - 2 : count - 1
  }

  /// The operand that `prepare` fills and later runs trust; `nil` where there is none.
  static func workspace(of op: UInt32, count: Int) -> Int? {
    hasWorkspaceOperand(op) && count > 4 ? 4 : nil
  }

  /// The operand that holds `op`'s scratch; `nil` where there is none.
  static func scratch(of op: UInt32, count: Int) -> Int? {
    if endsWithScratch(op) { return count - 1 }
    return hasWorkspaceOperand(op) && count > 3 ? 3 : nil
  }

  /// Operators whose operands are: inputs, the output, the scratch.
  private static func endsWithScratch(_ op: UInt32) -> Bool { (176...191).contains(op) }

  /// Operators whose operands are: two inputs, the output, [scratch], [workspace].
  private static func hasWorkspaceOperand(_ op: UInt32) -> Bool {
    (EB_OP_CONV2D_F32.rawValue...EB_OP_DECONV2D_QS8_QC8W.rawValue).contains(op)
      || (EB_OP_FULLY_CONNECTED_F32.rawValue...EB_OP_FULLY_CONNECTED_QD8_F32_QC8W.rawValue).contains(op)
      || op == EB_OP_MATMUL_F32.rawValue
  }
}
