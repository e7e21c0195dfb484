/// Which arena buffers lie inside others, and when the outermost ones are alive.
struct BufferPlacement {
  private let steps: [LoweredStep]
  private let tensors: [LoweredTensor]
  private var buffers: [Buffer]
  private let pinnedFirst: [Bool]
  private let pinnedLast: [Bool]

  init(_ builder: PlanBuilder) {
    steps = builder.steps
    tensors = builder.tensors
    buffers = builder.buffers
    var pinnedFirst = Array(repeating: false, count: buffers.count)
    var pinnedLast = Array(repeating: false, count: buffers.count)
    for input in builder.inputs {
      pinnedFirst[tensors[input].buffer] = true
      if builder.options.keepsInputs { pinnedLast[tensors[input].buffer] = true }
    }
    for output in builder.outputs { pinnedLast[tensors[output].buffer] = true }
    self.pinnedFirst = pinnedFirst
    self.pinnedLast = pinnedLast
    flattenParents()
  }

  /// Makes every part a part of the outermost buffer directly: concatenations of concatenations can be many.
  private mutating func flattenParents() {
    for buffer in buffers.indices {
      var line: [Int] = []
      var outermost = buffer
      while let parent = buffers[outermost].parent {
        line.append(outermost)
        outermost = parent.buffer
      }
      var offset = 0
      for part in line.reversed() {
        offset += buffers[part].parent?.offset ?? 0
        buffers[part].parent = (outermost, offset)
      }
    }
  }

  /// The buffer that `buffer` is a part of in the end, and where it starts there.
  func root(of buffer: Int) -> (buffer: Int, offset: Int) {
    var (buffer, offset) = (buffer, 0)
    while let parent = buffers[buffer].parent {
      buffer = parent.buffer
      offset += parent.offset
    }
    return (buffer, offset)
  }

  /// Lets outputs of element-wise steps take the place of an input of the same size that ends there.
  mutating func reuseInputsInPlace() {
    var lasts = lastUses()
    for (position, step) in steps.enumerated() where !step.reusable.isEmpty {
      let output = tensors[step.operands[step.output]]
      guard buffers[output.buffer].isArena, buffers[output.buffer].parent == nil, output.offset == 0,
        output.byteCount == buffers[output.buffer].byteCount, !pinnedFirst[output.buffer]
      else { continue }
      for reusable in step.reusable {
        let input = tensors[step.operands[reusable]]
        guard buffers[input.buffer].isArena, input.offset == 0, input.byteCount == output.byteCount else {
          continue
        }
        let root = root(of: input.buffer)
        guard root.buffer != output.buffer, root.offset == 0,
          buffers[root.buffer].byteCount == output.byteCount,
          lasts[root.buffer] == position, !isReadElsewhere(root.buffer, in: step, besides: input)
        else { continue }
        buffers[output.buffer].parent = (root.buffer, 0)
        lasts[root.buffer] = lasts[output.buffer]
        break
      }
    }
  }

  /// Whether `step` reads another part of the memory that `input` takes, or reads it in another order.
  private func isReadElsewhere(_ root: Int, in step: LoweredStep, besides input: LoweredTensor) -> Bool {
    step.operands.indices.contains { position in
      guard position != step.output else { return false }
      let tensor = tensors[step.operands[position]]
      guard self.root(of: tensor.buffer).buffer == root else { return false }
      return !step.reusable.contains(position) || tensor.buffer != input.buffer
        || tensor.offset != input.offset
        || tensor.byteCount != input.byteCount
    }
  }

  /// The last step that touches each outermost buffer; `.max` where it is needed after the run.
  private func lastUses() -> [Int] {
    var lasts = Array(repeating: -1, count: buffers.count)
    for (position, step) in steps.enumerated() {
      for operand in step.operands {
        let buffer = root(of: tensors[operand].buffer).buffer
        lasts[buffer] = position
      }
    }
    for buffer in buffers.indices where pinnedLast[buffer] { lasts[root(of: buffer).buffer] = .max }
    return lasts
  }

  /// The outermost arena buffers with their lifetimes.
  func lifetimes() -> [Lifetime] {
    var firsts = Array(repeating: Int.max, count: buffers.count)
    var lasts = Array(repeating: Int.min, count: buffers.count)
    for (position, step) in steps.enumerated() {
      for operand in step.operands {
        let buffer = root(of: tensors[operand].buffer).buffer
        firsts[buffer] = min(firsts[buffer], position)
        lasts[buffer] = max(lasts[buffer], position)
      }
    }
    for buffer in buffers.indices {
      let root = root(of: buffer).buffer
      if pinnedFirst[buffer] {
        firsts[root] = -1
        lasts[root] = max(lasts[root], -1)
      }
      if pinnedLast[buffer] {
        lasts[root] = .max
        firsts[root] = min(firsts[root], steps.count)
      }
    }
    return buffers.indices.compactMap { buffer in
      guard buffers[buffer].isArena, buffers[buffer].parent == nil, lasts[buffer] >= firsts[buffer] else {
        return nil
      }
      return Lifetime(
        buffer: buffer, byteCount: max(1, buffers[buffer].byteCount).roundedUp(to: 64), first: firsts[buffer],
        last: lasts[buffer])
    }
  }
}
