internal import CKernels
internal import CPlanFormat

/// One call of an operator.
public struct PlanStep {
  let plan: Plan
  let entry: eb_plan_step

  init(plan: Plan, index: Int) {
    self.plan = plan
    entry = plan.stepEntry(index)
  }

  /// The operator's number (`enum eb_op`).
  public var op: UInt32 { entry.op }
  /// The operator's name, as in "conv2d_f32"; lives as long as the process.
  public var operatorNameBytes: UnsafePointer<CChar>? { eb_operator_for(entry.op)?.pointee.name }
  public var operatorName: String {
    guard let name = operatorNameBytes else { return "" }
    return String(cString: name)
  }
  /// The model's node that the step comes from, in UTF-8; valid as long as the plan lives.
  public var nodeNameBytes: UnsafeRawBufferPointer {
    plan.name(offset: entry.name_offset, bytes: entry.name_bytes)
  }
  public var nodeName: String { String(decoding: nodeNameBytes, as: UTF8.self) }
}
