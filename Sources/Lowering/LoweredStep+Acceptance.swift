internal import CKernels

extension LoweredStep {
  /// Whether this build has the operator, and the operator takes the step's parameters for operands of these sizes: what
  /// a plan's verification asks again, without knowing the node.
  func isAccepted(operandBytes: [Int]) -> Bool {
    guard let accepts = eb_operator_for(op)?.pointee.accepts else { return false }
    // At an address that is aligned for any parameters.
    let copy = AlignedBytes(byteCount: parameters.count)
    copy.buffer.copyBytes(from: parameters)
    return withExtendedLifetime(copy) { accepts(copy.buffer.baseAddress, operandBytes, operandBytes.count) }
  }
}
