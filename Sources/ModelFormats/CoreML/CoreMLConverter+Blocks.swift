import Graph

// Operations that take images apart into batches, or write into a part of a tensor.

extension CoreMLConverter {
  static let blockOperations: [String: Operation] = [
    "batch_to_space": CoreMLConverter.batchToSpace,
    "scatter": CoreMLConverter.scatterRows,
    "slice_update": CoreMLConverter.sliceUpdate,
    "space_to_batch": CoreMLConverter.spaceToBatch,
  ]

  /// Two numbers for each of the last two axes.
  private func pairs(_ call: MILCall, _ parameter: String) throws(ModelFormatError) -> [Int] {
    let numbers = try call.integers(parameter) ?? []
    guard numbers.count == 4, numbers.allSatisfy({ (0...Shape.largestExtent).contains($0) }) else {
      throw call.operation.malformed("\(numbers) as '\(parameter)'", expected: "two pairs of 0 and more")
    }
    return numbers
  }

  private func blocks(_ call: MILCall) throws(ModelFormatError) -> (height: Int, width: Int) {
    let numbers = try call.integers("block_shape") ?? []
    guard numbers.count == 2, numbers.allSatisfy({ (1...Shape.largestExtent).contains($0) }) else {
      throw call.operation.malformed("blocks of \(numbers)", expected: "two extents of 1 and more")
    }
    return (numbers[0], numbers[1])
  }

  private func image(_ call: MILCall) throws(ModelFormatError) -> (name: String, extents: [Int]) {
    let x = try call.name("x")
    let extents = try shape(x)
    guard extents.count == 4 else {
      throw call.operation.malformed("\(extents.count) axes", expected: "batch, channels, rows and columns")
    }
    return (x, extents)
  }

  /// Each place of a block becomes a batch of its own, the place before the batch.
  func spaceToBatch(_ call: MILCall) throws(ModelFormatError) {
    let (x, _) = try image(call)
    let block = try blocks(call)
    let pads = try pairs(call, "paddings")
    let padded = try node(
      "Pad", [x, try integers([0, 0, pads[0], pads[2], 0, 0, pads[1], pads[3]])])
    let own = try shape(padded)
    guard own[2] % block.height == 0, own[3] % block.width == 0 else {
      throw call.operation.malformed("\(own[2])x\(own[3]) in blocks of \(block)", expected: "whole blocks")
    }
    let (rows, columns) = (own[2] / block.height, own[3] / block.width)
    let split = try reshaped(padded, [own[0], own[1], rows, block.height, columns, block.width])
    let moved = try transposed(split, [3, 5, 0, 1, 2, 4])
    _ = try reshaped(moved, [block.height * block.width * own[0], own[1], rows, columns], call.output)
  }

  func batchToSpace(_ call: MILCall) throws(ModelFormatError) {
    let (x, own) = try image(call)
    let block = try blocks(call)
    let crops = try pairs(call, "crops")
    let (product, overflow) = block.height.multipliedReportingOverflow(by: block.width)
    guard !overflow, own[0] % product == 0 else {
      throw call.operation.malformed("\(own[0]) batches of blocks \(block)", expected: "a multiple")
    }
    let batch = own[0] / product
    let split = try reshaped(x, [block.height, block.width, batch, own[1], own[2], own[3]])
    let moved = try transposed(split, [2, 3, 4, 0, 5, 1])
    let (rows, columns) = (own[2] * block.height, own[3] * block.width)
    let whole = try reshaped(moved, [batch, own[1], rows, columns])
    try node(
      "Slice",
      [
        whole, try integers([crops[0], crops[2]]), try integers([rows - crops[1], columns - crops[3]]),
        try integers([2, 3]),
      ], call.output)
  }

  /// Rows of the data replaced by, or combined with, those of the updates.
  func scatterRows(_ call: MILCall) throws(ModelFormatError) {
    let axis = try call.integer("axis", default: 0)
    guard axis == 0 else { throw call.operation.unsupported("scatters along axis \(axis)") }
    let (updates, reduction) = try scattered(call)
    let indices = try converted(try call.name("indices"), to: .i64)
    let rows = try reshaped(indices, try shape(indices) + [1])
    try node("ScatterND", [try call.name("data"), rows, updates], call.output, ["reduction": reduction])
  }

  /// x with a part replaced by the update: from begin to end along each axis, without steps.
  func sliceUpdate(_ call: MILCall) throws(ModelFormatError) {
    let x = try call.name("x")
    let extents = try shape(x)
    let rank = extents.count
    func list(_ parameter: String, _ fallback: Int) throws(ModelFormatError) -> [Int] {
      let numbers = try call.integers(parameter) ?? Array(repeating: fallback, count: rank)
      guard numbers.count == rank else {
        throw call.operation.malformed("\(numbers.count) numbers as '\(parameter)'", expected: "\(rank)")
      }
      return numbers
    }
    let (begin, end, strides) = (try list("begin", 0), try list("end", 0), try list("stride", 1))
    let (begins, ends) = (try list("begin_mask", 0), try list("end_mask", 0))
    guard strides.allSatisfy({ $0 == 1 }), try list("squeeze_mask", 0).allSatisfy({ $0 == 0 }) else {
      throw call.operation.unsupported("updates a slice with steps, or without an axis")
    }
    var (before, after, part) = ([Int](), [Int](), [Int]())
    for axis in 0..<rank {
      let first = begins[axis] != 0 ? 0 : begin[axis] < 0 ? begin[axis] + extents[axis] : begin[axis]
      let last = ends[axis] != 0 ? extents[axis] : end[axis] < 0 ? end[axis] + extents[axis] : end[axis]
      guard (0...extents[axis]).contains(first), (first...extents[axis]).contains(last), first < last else {
        throw call.operation.malformed(
          "from \(begin[axis]) to \(end[axis]) of \(extents[axis])", expected: "a part along axis \(axis)")
      }
      before.append(first)
      after.append(extents[axis] - last)
      part.append(last - first)
    }
    let update = try node("Expand", [try call.name("update"), try integers(part)])
    let pads = try integers(before + after)
    let placed = try node("Pad", [update, pads])
    let ones = try node("Expand", [try scalar(1), try integers(part)])
    let isPart = try apply(
      .binary(.notEqual, activation: .none), [try node("Pad", [ones, pads]), try scalar(0)])
    try node("Where", [isPart, placed, x], call.output)
  }
}
