import CKernels
import CPlanFormat

/// A plan written by hand, of any size: copies `count` f32 through a chain of clamps.
///
/// Its arena holds two buffers of `count` elements; `padding` bytes of constants, which no step reads, are read when
/// the checksum is verified.
struct TestPlan {
  var count = 64
  var steps = 1
  var padding = 0
  var nodeName = "clamp"

  var bytes: [UInt8] {
    let tensorBytes = UInt64(count * 4)
    let stride = (tensorBytes + 63) / 64 * 64
    var parameters: [UInt8] = []
    withUnsafeBytes(
      of: eb_unary_params(count: UInt64(count), kind: EB_UNARY_CLAMP.rawValue, p0: -1, p1: 1, padding: 0)
    ) {
      parameters += $0
    }
    while parameters.count % 8 != 0 { parameters.append(0) }
    let name = Array(nodeName.utf8)

    var tensors = [eb_plan_tensor](repeating: eb_plan_tensor(), count: 2)
    for index in 0..<2 {
      tensors[index].space = EB_PLAN_ARENA.rawValue
      tensors[index].element_type = 1
      tensors[index].rank = 1
      tensors[index].offset = UInt64(index) * stride
      tensors[index].bytes = tensorBytes
      tensors[index].initial = UInt64.max
      tensors[index].dimensions.0 = Int64(count)
    }
    var operands: [UInt32] = []
    var entries: [eb_plan_step] = []
    for index in 0..<steps {
      var entry = eb_plan_step()
      entry.op = EB_OP_UNARY_F32.rawValue
      entry.operand_count = 2
      entry.operand_first = UInt64(operands.count)
      entry.params_offset = 0
      entry.params_bytes = UInt32(MemoryLayout<eb_unary_params>.size)
      entry.name_offset = UInt64(parameters.count)
      entry.name_bytes = UInt32(name.count)
      entries.append(entry)
      operands += index % 2 == 0 ? [0, 1] : [1, 0]
    }

    var header = eb_plan_header()
    withUnsafeMutableBytes(of: &header.magic) { $0.copyBytes(from: "EBPLAN\r\n".utf8) }
    header.version = EB_PLAN_VERSION
    header.isa = EB_ISA_SCALAR.rawValue
    header.arena_bytes = 2 * stride
    var file = [UInt8](repeating: 0, count: MemoryLayout<eb_plan_header>.size)
    func add<Entry>(_ table: [Entry]) -> eb_plan_table {
      while file.count % 8 != 0 { file.append(0) }
      let offset = file.count
      table.withUnsafeBytes { file += $0 }
      return eb_plan_table(offset: UInt64(offset), count: UInt64(table.count))
    }
    header.tensors = add(tensors)
    header.steps = add(entries)
    header.operands = add(operands)
    header.inputs = add([UInt32(0)])
    header.outputs = add([UInt32(steps % 2)])
    header.blob = add(parameters + name)
    while file.count % 4096 != 0 { file.append(0) }
    header.constants_offset = UInt64(file.count)
    header.constants_bytes = UInt64((padding + 63) / 64 * 64)
    file += [UInt8](repeating: 1, count: Int(header.constants_bytes))
    header.file_bytes = UInt64(file.count)
    file.withUnsafeMutableBytes { $0.storeBytes(of: header, as: eb_plan_header.self) }
    header.checksum = file.withUnsafeBytes { eb_plan_checksum($0.baseAddress, $0.count) }
    file.withUnsafeMutableBytes { $0.storeBytes(of: header, as: eb_plan_header.self) }
    return file
  }
}
