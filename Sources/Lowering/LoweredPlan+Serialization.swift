internal import CPlanFormat
internal import Graph

extension LoweredPlan {
  /// The plan as the bytes of an `.ebplan` file.
  public func serialized() -> [UInt8] {
    var (file, header) = tables()
    appendConstants(to: &file)
    header.file_bytes = UInt64(file.bytes.count)
    file.setHeader(header)
    header.checksum = file.bytes.withUnsafeBytes { eb_plan_checksum($0.baseAddress, $0.count) }
    file.setHeader(header)
    return file.bytes
  }

  /// What the plan takes as a file, in bytes; known without packing weights.
  public var fileBytes: Int { tables().file.bytes.count + constantsBytes }

  /// What comes before the constants, and the header so far.
  private func tables() -> (file: FileLayout, header: eb_plan_header) {
    var blob = Blob()
    let entries = tensorEntries(&blob)
    var operands: [UInt32] = []
    let stepEntries = steps.map { step in
      let first = operands.count
      operands += step.operands.map { UInt32(entries.position[$0]) }
      let parameters = blob.append(step.parameters)
      let name = blob.append(Array(step.node.utf8))
      return eb_plan_step(
        op: step.op, operand_count: UInt32(step.operands.count), operand_first: UInt64(first),
        params_offset: UInt64(parameters), params_bytes: UInt32(step.parameters.count),
        name_bytes: UInt32(step.node.utf8.count), name_offset: UInt64(name))
    }

    var header = eb_plan_header()
    withUnsafeMutableBytes(of: &header.magic) { $0.copyBytes(from: "EBPLAN\r\n".utf8) }
    header.version = UInt32(EB_PLAN_VERSION)
    header.isa = instructionSet.rawValue
    header.arena_bytes = UInt64(arenaBytes)
    header.state_bytes = UInt64(stateBytes)
    header.constants_bytes = UInt64(constantsBytes)
    var file = FileLayout(headerBytes: MemoryLayout<eb_plan_header>.size)
    header.tensors = file.append(entries.tensors)
    header.steps = file.append(stepEntries)
    header.operands = file.append(operands)
    header.inputs = file.append(inputs.map { UInt32(entries.position[$0]) })
    header.outputs = file.append(outputs.map { UInt32(entries.position[$0]) })
    header.blob = file.append(blob.bytes)
    file.pad(to: Int(EB_PLAN_PAGE))
    header.constants_offset = UInt64(file.bytes.count)
    return (file, header)
  }

  private func appendConstants(to file: inout FileLayout) {
    let start = file.bytes.count
    file.bytes.reserveCapacity(start + constantsBytes)
    for buffer in buffers {
      guard case .constant(let data) = buffer.space else { continue }
      data.withUnsafeBytes { file.bytes.append(contentsOf: $0) }
      file.pad(to: Int(EB_PLAN_ALIGNMENT))
    }
    for buffer in buffers {
      guard case .state(let initial?) = buffer.space else { continue }
      initial.withUnsafeBytes { file.bytes.append(contentsOf: $0) }
      file.pad(to: Int(EB_PLAN_ALIGNMENT))
    }
  }

  /// The entries of the tensor table that something refers to, states in the order of their offsets, and where each
  /// of the plan's tensors is among them.
  private func tensorEntries(_ blob: inout Blob) -> (tensors: [eb_plan_tensor], position: [Int]) {
    var isUsed = Array(repeating: false, count: tensors.count)
    for step in steps { for operand in step.operands { isUsed[operand] = true } }
    for tensor in inputs + outputs { isUsed[tensor] = true }
    var initials: [Int: Int] = [:]
    var end = memory.weightsBytes
    for (index, buffer) in buffers.enumerated() {
      guard case .state(let initial?) = buffer.space else { continue }
      initials[index] = end
      end += initial.byteCount.roundedUp(to: 64)
    }
    let order = tensors.indices.filter { isUsed[$0] }.sorted { offset(of: $0) < offset(of: $1) }
    var position = Array(repeating: 0, count: tensors.count)
    var entries: [eb_plan_tensor] = []
    for index in order {
      position[index] = entries.count
      entries.append(
        entry(tensors[index], at: offset(of: index), initial: initials[tensors[index].buffer], &blob))
    }
    return (entries, position)
  }

  /// Where tensor `index` starts in its space.
  private func offset(of index: Int) -> Int { memory.offsets[tensors[index].buffer] + tensors[index].offset }

  private func entry(_ tensor: LoweredTensor, at offset: Int, initial: Int?, _ blob: inout Blob)
    -> eb_plan_tensor
  {
    var entry = eb_plan_tensor()
    entry.space =
      switch buffers[tensor.buffer].space {
      case .arena: EB_PLAN_ARENA.rawValue
      case .constant: EB_PLAN_CONSTANT.rawValue
      case .state: EB_PLAN_STATE.rawValue
      }
    entry.element_type = UInt32(tensor.elementType?.rawValue ?? 0)
    entry.rank = UInt32(tensor.shape.rank)
    withUnsafeMutableBytes(of: &entry.dimensions) { dimensions in
      for (axis, extent) in tensor.shape.dimensions.enumerated() {
        dimensions.storeBytes(of: Int64(extent), toByteOffset: axis * 8, as: Int64.self)
      }
    }
    entry.name_offset = UInt64(blob.append(Array(tensor.name.utf8)))
    entry.name_bytes = UInt32(tensor.name.utf8.count)
    entry.offset = UInt64(offset)
    entry.bytes = UInt64(tensor.byteCount)
    entry.initial = initial.map { UInt64($0) } ?? EB_PLAN_NO_INITIAL
    if let single = tensor.quantization?.single {
      entry.scale = single.scale
      entry.zero_point = single.zeroPoint
    }
    return entry
  }
}

/// Names and parameters, each at a multiple of 8.
private struct Blob {
  var bytes: [UInt8] = []

  mutating func append(_ more: [UInt8]) -> Int {
    bytes += Array(repeating: 0, count: bytes.count.roundedUp(to: 8) - bytes.count)
    let offset = bytes.count
    bytes += more
    return offset
  }
}

/// A file that grows; tables start at multiples of 8.
private struct FileLayout {
  var bytes: [UInt8]

  init(headerBytes: Int) { bytes = Array(repeating: 0, count: headerBytes) }

  mutating func append<Entry: BitwiseCopyable>(_ entries: [Entry]) -> eb_plan_table {
    pad(to: 8)
    let table = eb_plan_table(offset: UInt64(bytes.count), count: UInt64(entries.count))
    entries.withUnsafeBytes { bytes.append(contentsOf: $0) }
    return table
  }

  mutating func pad(to multiple: Int) {
    bytes += Array(repeating: 0, count: bytes.count.roundedUp(to: multiple) - bytes.count)
  }

  mutating func setHeader(_ header: eb_plan_header) {
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: header, as: eb_plan_header.self) }
  }
}
