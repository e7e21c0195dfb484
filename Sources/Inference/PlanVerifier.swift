internal import CPlanFormat

/// Checks a plan's bytes before anything in them is used. Arithmetic is on `UInt64` and cannot overflow.
struct PlanVerifier {
  let plan: Plan
  var header: eb_plan_header { plan.header }

  /// More than any board has; keeps sums of sizes far from overflow.
  static let largestSpace: UInt64 = 1 << 44

  func verify() throws(PlanError) {
    try verifyTensors()
    try verifySteps()
    try verifyBoundary(.inputs, count: plan.inputCount)
    try verifyBoundary(.outputs, count: plan.outputCount)
  }

  /// The header of `bytes`, which start on a page, if it and all sections it names lie within them.
  static func header(of bytes: UnsafeRawBufferPointer) throws(PlanError) -> eb_plan_header {
    let size = UInt64(bytes.count)
    let headerSize = UInt64(MemoryLayout<eb_plan_header>.size)
    guard size >= headerSize, let base = bytes.baseAddress else {
      throw .tooShort(bytes: size, expected: headerSize)
    }
    for (offset, byte) in "EBPLAN\r\n".utf8.enumerated() where bytes[offset] != byte { throw .notAPlan }
    let header = base.load(as: eb_plan_header.self)
    guard header.version == EB_PLAN_VERSION else {
      throw .version(found: header.version, expected: UInt32(EB_PLAN_VERSION))
    }
    guard header.file_bytes == size, size % UInt64(EB_PLAN_ALIGNMENT) == 0 else {
      throw .wrongSize(found: size, expected: header.file_bytes)
    }
    let checksum = eb_plan_checksum(base, bytes.count)
    guard header.checksum == checksum else {
      throw .wrongChecksum(found: checksum, expected: header.checksum)
    }
    try verifySections(header, fileBytes: size)
    return header
  }

  private static func verifySections(_ header: eb_plan_header, fileBytes: UInt64) throws(PlanError) {
    guard header.arena_bytes <= largestSpace, Int(exactly: header.arena_bytes) != nil else {
      throw .section(.arena, .tooLarge)
    }
    guard header.state_bytes <= largestSpace, Int(exactly: header.state_bytes) != nil else {
      throw .section(.states, .tooLarge)
    }
    guard header.constants_offset % UInt64(EB_PLAN_PAGE) == 0 else { throw .section(.constants, .misaligned) }
    guard header.constants_offset <= fileBytes, header.constants_bytes == fileBytes - header.constants_offset
    else {
      throw .section(.constants, .outOfBounds)
    }
    let tables: [(PlanSection, eb_plan_table, Int)] = [
      (.tensors, header.tensors, MemoryLayout<eb_plan_tensor>.stride),
      (.steps, header.steps, MemoryLayout<eb_plan_step>.stride),
      (.operands, header.operands, MemoryLayout<UInt32>.stride),
      (.inputs, header.inputs, MemoryLayout<UInt32>.stride),
      (.outputs, header.outputs, MemoryLayout<UInt32>.stride),
      (.blob, header.blob, 1),
    ]
    var ranges: [(PlanSection, UInt64, UInt64)] = [(.header, 0, UInt64(MemoryLayout<eb_plan_header>.size))]
    for (section, table, stride) in tables {
      guard table.offset % 8 == 0 else { throw .section(section, .misaligned) }
      guard table.offset <= header.constants_offset,
        table.count <= (header.constants_offset - table.offset) / UInt64(stride)
      else { throw .section(section, .outOfBounds) }
      ranges.append((section, table.offset, table.offset + table.count * UInt64(stride)))
    }
    for (position, first) in ranges.enumerated() {
      for second in ranges[(position + 1)...] where first.1 < second.2 && second.1 < first.2 {
        throw .section(second.0, .overlapping)
      }
    }
  }

  /// Whether a name of `bytes` at `offset` lies in the blob.
  func holdsName(offset: UInt64, bytes: UInt32) -> Bool {
    offset <= header.blob.count && UInt64(bytes) <= header.blob.count - offset
  }

  private func verifyBoundary(_ section: PlanSection, count: Int) throws(PlanError) {
    for index in 0..<count {
      let tensor = section == .inputs ? plan.inputTensor(index) : plan.outputTensor(index)
      guard tensor < Int(header.tensors.count) else { throw .boundary(section, index: index, .outOfBounds) }
      let entry = plan.tensor(tensor)
      guard entry.element_type != 0 else { throw .boundary(section, index: index, .untyped) }
      guard section == .outputs || entry.space == EB_PLAN_ARENA.rawValue else {
        throw .boundary(section, index: index, .notInArena)
      }
    }
  }
}
