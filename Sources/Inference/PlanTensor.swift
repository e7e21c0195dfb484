internal import CPlanFormat

/// An input or output of a plan.
public struct PlanTensor {
  let plan: Plan
  let entry: eb_plan_tensor

  init(plan: Plan, index: Int) {
    self.plan = plan
    entry = plan.tensor(index)
  }

  /// UTF-8; valid as long as the plan lives.
  public var nameBytes: UnsafeRawBufferPointer {
    plan.name(offset: entry.name_offset, bytes: entry.name_bytes)
  }
  public var name: String { String(decoding: nameBytes, as: UTF8.self) }
  /// The raw value of Graph's `ElementType`.
  public var elementType: UInt8 { UInt8(truncatingIfNeeded: entry.element_type) }
  public var byteCount: Int { Int(entry.bytes) }
  public var rank: Int { Int(entry.rank) }
  /// Real units per step; 0 where the tensor is not quantized.
  public var scale: Float { entry.scale }
  public var zeroPoint: Int32 { entry.zero_point }

  public func dimension(_ axis: Int) -> Int {
    precondition(axis >= 0 && axis < rank)
    return withUnsafeBytes(of: entry.dimensions) {
      Int($0.loadUnaligned(fromByteOffset: axis * MemoryLayout<Int64>.stride, as: Int64.self))
    }
  }

  public var dimensions: [Int] { (0..<rank).map { dimension($0) } }
}
