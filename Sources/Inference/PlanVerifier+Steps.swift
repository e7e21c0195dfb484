internal import CKernels
internal import CPlanFormat

extension PlanVerifier {
  func verifySteps() throws(PlanError) {
    // For each tensor: used as a workspace (bit 1), used otherwise (bit 0).
    var uses = [UInt8](repeating: 0, count: Int(header.tensors.count))
    var sizes: [Int] = []
    for index in 0..<plan.inputCount where plan.inputTensor(index) < uses.count {
      uses[plan.inputTensor(index)] |= 1
    }
    for index in 0..<plan.outputCount where plan.outputTensor(index) < uses.count {
      uses[plan.outputTensor(index)] |= 1
    }
    for index in 0..<plan.stepCount {
      if let fault = fault(of: plan.stepEntry(index), uses: &uses, sizes: &sizes) {
        throw .step(index: index, fault)
      }
    }
  }

  private func fault(of step: eb_plan_step, uses: inout [UInt8], sizes: inout [Int]) -> StepFault? {
    guard let op = eb_operator_for(step.op), let accepts = op.pointee.accepts, op.pointee.run != nil else {
      return .unknownOperator
    }
    guard holdsName(offset: step.name_offset, bytes: step.name_bytes) else { return .badName }
    guard step.params_offset % 8 == 0, holdsName(offset: step.params_offset, bytes: step.params_bytes) else {
      return .badParameters
    }
    guard step.params_bytes == op.pointee.params_bytes else { return .wrongParameterSize }
    guard step.operand_count > 0, step.operand_first <= header.operands.count,
      UInt64(step.operand_count) <= header.operands.count - step.operand_first
    else { return .badOperands }
    let count = Int(step.operand_count)
    let firstWritten = OperandRoles.firstWritten(of: step.op, count: count)
    guard firstWritten < count else { return .badOperands }
    let workspace = OperandRoles.workspace(of: step.op, count: count)
    sizes.removeAll(keepingCapacity: true)
    for position in 0..<count {
      let tensor = plan.operand(position, of: step)
      guard tensor < uses.count else { return .badOperands }
      let entry = plan.tensor(tensor)
      guard position < firstWritten || entry.space != EB_PLAN_CONSTANT.rawValue else {
        return .writesConstant
      }
      if position == workspace, entry.bytes > 0 {
        guard entry.space == EB_PLAN_STATE.rawValue, uses[tensor] == 0 else { return .sharesWorkspace }
        uses[tensor] = 2
      } else {
        guard uses[tensor] & 2 == 0 else { return .sharesWorkspace }
        uses[tensor] |= 1
      }
      sizes.append(Int(entry.bytes))
    }
    return accepts(plan.parameters(of: step), &sizes, count) ? nil : .refused
  }
}
