internal import CPlanFormat

extension PlanVerifier {
  func verifyTensors() throws(PlanError) {
    var statesEnd: UInt64 = 0
    for index in 0..<Int(header.tensors.count) {
      let entry = plan.tensor(index)
      if let fault = fault(of: entry) { throw .tensor(index: index, fault) }
      if entry.space == EB_PLAN_STATE.rawValue {
        guard entry.offset >= statesEnd else { throw .tensor(index: index, .overlapping) }
        statesEnd = entry.offset + entry.bytes
      }
    }
  }

  private func fault(of entry: eb_plan_tensor) -> TensorFault? {
    guard let size = spaceBytes(entry.space) else { return .unknownSpace }
    guard let bits = elementBits(entry.element_type) else { return .unknownType }
    guard entry.rank <= EB_PLAN_MAX_RANK else { return .badRank }
    guard bits == 0 || byteCount(of: entry, bits: bits) == entry.bytes else { return .badDimensions }
    let alignment = entry.space == EB_PLAN_ARENA.rawValue && bits != 0 ? max(1, UInt64(bits) / 8) : 64
    guard entry.offset % alignment == 0 else { return .misaligned }
    guard entry.offset <= size, entry.bytes <= size - entry.offset else { return .outOfBounds }
    guard holdsName(offset: entry.name_offset, bytes: entry.name_bytes) else { return .badName }
    guard entry.scale.isFinite, entry.scale >= 0 else { return .badQuantization }
    if entry.initial != EB_PLAN_NO_INITIAL {
      guard entry.space == EB_PLAN_STATE.rawValue, entry.initial <= header.constants_bytes,
        entry.bytes <= header.constants_bytes - entry.initial
      else { return .badInitialValue }
    }
    return nil
  }

  private func spaceBytes(_ space: UInt32) -> UInt64? {
    switch space {
    case EB_PLAN_ARENA.rawValue: header.arena_bytes
    case EB_PLAN_CONSTANT.rawValue: header.constants_bytes
    case EB_PLAN_STATE.rawValue: header.state_bytes
    default: nil
    }
  }

  /// The width of an element in bits, by Graph's `ElementType`; 0 for bytes without a type.
  private func elementBits(_ type: UInt32) -> Int? {
    switch type {
    case 0: 0
    case 15, 16: 2
    case 11, 14, 22: 4
    case 4, 5, 10, 18, 19, 20, 21, 23: 8
    case 2, 6, 7, 17: 16
    case 1, 8, 12: 32
    case 3, 9, 13: 64
    default: nil
    }
  }

  /// The size that the dimensions make up; `nil` if one is negative or the product too large.
  private func byteCount(of entry: eb_plan_tensor, bits: Int) -> UInt64? {
    withUnsafeBytes(of: entry.dimensions) { dimensions in
      var product: UInt64 = 1
      for axis in 0..<Int(entry.rank) {
        let dimension = dimensions.loadUnaligned(fromByteOffset: axis * 8, as: Int64.self)
        guard dimension >= 0 else { return nil }
        let (next, overflow) = product.multipliedReportingOverflow(by: UInt64(dimension))
        guard !overflow, next <= Self.largestSpace else { return nil }
        product = next
      }
      return (product * UInt64(bits) + 7) / 8
    }
  }
}
