internal import CLinux
internal import CPlanFormat

/// A model lowered for one instruction set: an `.ebplan` file, mapped and verified.
///
/// Whatever the bytes say, a plan that was made can be read without leaving the file, and an
/// ``Executor`` made from it touches no memory but its own. The file must not change while it is mapped.
public final class Plan {
  let base: UnsafeRawPointer
  let byteCount: Int
  let header: eb_plan_header

  /// Maps the file at `path` and verifies it: header, checksum, every offset, count, index, and
  /// that every step's operator exists here and accepts its operands.
  public convenience init(mapping path: UnsafePointer<CChar>) throws(PlanError) {
    var bytes: UnsafeRawPointer?
    var count = 0
    let error = eb_file_map(path, &bytes, &count)
    guard error == 0, let bytes else { throw .cannotMap(errno: error) }
    try self.init(adopting: bytes, count: count)
  }

  /// Copies `bytes`, the content of an `.ebplan` file, and verifies them.
  public convenience init(bytes: [UInt8]) throws(PlanError) {
    guard bytes.count >= MemoryLayout<eb_plan_header>.size else {
      throw .tooShort(bytes: UInt64(bytes.count), expected: UInt64(MemoryLayout<eb_plan_header>.size))
    }
    guard let copy = eb_pages_map(bytes.count) else { throw .outOfMemory(bytes: UInt64(bytes.count)) }
    bytes.withUnsafeBytes { source in
      UnsafeMutableRawBufferPointer(start: copy, count: bytes.count).copyMemory(from: source)
    }
    try self.init(adopting: UnsafeRawPointer(copy), count: bytes.count)
  }

  /// Takes over `count` mapped bytes that start on a page.
  private init(adopting base: UnsafeRawPointer, count: Int) throws(PlanError) {
    self.base = base
    byteCount = count
    do throws(PlanError) {
      header = try PlanVerifier.header(of: UnsafeRawBufferPointer(start: base, count: count))
    } catch {
      // deinit does not run where an initializer fails before every property is set.
      eb_pages_unmap(base, count)
      throw error
    }
    try PlanVerifier(plan: self).verify()
  }

  deinit { eb_pages_unmap(base, byteCount) }

  /// The instruction set that the weights are packed for (`enum eb_isa`).
  public var instructionSet: UInt32 { header.isa }
  /// Activations and scratch, in bytes, reused from step to step.
  public var arenaBytes: UInt64 { header.arena_bytes }
  /// What outlives an inference, in bytes: states and prepared workspaces.
  public var stateBytes: UInt64 { header.state_bytes }
  /// Packed weights and other constants, in bytes.
  public var constantsBytes: UInt64 { header.constants_bytes }
  public var fileBytes: UInt64 { header.file_bytes }

  public var inputCount: Int { Int(header.inputs.count) }
  public var outputCount: Int { Int(header.outputs.count) }
  public var stepCount: Int { Int(header.steps.count) }

  /// What the model's `index`th input looks like.
  public func input(_ index: Int) -> PlanTensor { PlanTensor(plan: self, index: inputTensor(index)) }
  /// What the model's `index`th output looks like.
  public func output(_ index: Int) -> PlanTensor { PlanTensor(plan: self, index: outputTensor(index)) }
  public func step(_ index: Int) -> PlanStep { PlanStep(plan: self, index: index) }
}

extension Plan {
  // The offsets and counts below were verified when the plan was made.

  func tensor(_ index: Int) -> eb_plan_tensor {
    precondition(index >= 0 && index < Int(header.tensors.count))
    return entry(header.tensors, index, as: eb_plan_tensor.self)
  }

  func stepEntry(_ index: Int) -> eb_plan_step {
    precondition(index >= 0 && index < Int(header.steps.count))
    return entry(header.steps, index, as: eb_plan_step.self)
  }

  /// The tensor that is the `position`th operand of `step`.
  func operand(_ position: Int, of step: eb_plan_step) -> Int {
    precondition(position >= 0 && position < Int(step.operand_count))
    return Int(entry(header.operands, Int(step.operand_first) + position, as: UInt32.self))
  }

  /// The largest scratch of any step, in bytes; 0 where no step has any.
  var largestScratchBytes: Int {
    var largest: UInt64 = 0
    for index in 0..<stepCount {
      let step = stepEntry(index)
      guard let position = OperandRoles.scratch(of: step.op, count: Int(step.operand_count)) else { continue }
      largest = max(largest, tensor(operand(position, of: step)).bytes)
    }
    return Int(largest)
  }

  func inputTensor(_ index: Int) -> Int {
    precondition(index >= 0 && index < inputCount)
    return Int(entry(header.inputs, index, as: UInt32.self))
  }

  func outputTensor(_ index: Int) -> Int {
    precondition(index >= 0 && index < outputCount)
    return Int(entry(header.outputs, index, as: UInt32.self))
  }

  func parameters(of step: eb_plan_step) -> UnsafeRawPointer {
    base + Int(header.blob.offset) + Int(step.params_offset)
  }

  func name(offset: UInt64, bytes: UInt32) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base + Int(header.blob.offset) + Int(offset), count: Int(bytes))
  }

  private func entry<Entry: BitwiseCopyable>(_ table: eb_plan_table, _ index: Int, as type: Entry.Type)
    -> Entry
  {
    base.load(fromByteOffset: Int(table.offset) + index * MemoryLayout<Entry>.stride, as: type)
  }
}
