internal import CKernels
internal import Graph

extension PlanBuilder {
  mutating func lowerConcat(_ node: Node, _ axis: Int) throws(LoweringError) {
    let result = outputTensor(node)
    let strides = result.shape.strides
    let outer = result.shape.dimensions[..<axis].reduce(1, *)
    let width = try elementBytes(result.elementType)
    let output = try define(node.outputs[0])
    var offset = 0
    for (position, id) in node.inputs.enumerated() {
      guard let id else { throw unsupported("input \(position) is missing") }
      let piece = try value(id)
      // One run of bytes: the piece can be made in its place.
      if outer == 1, isMovable(piece) {
        place(tensors[piece].buffer, inside: tensors[output].buffer, at: offset * width)
      } else {
        try addStridedCopy(
          graph[id].shape.dimensions, from: piece, graph[id].shape.strides, to: output, strides,
          placedAt: offset,
          result.elementType)
      }
      offset += graph[id].shape[axis] * strides[axis]
    }
  }

  /// Whether `value` is an arena buffer of its own, not placed yet, and written by the plan's steps.
  private func isMovable(_ value: Int) -> Bool {
    let tensor = tensors[value]
    let buffer = buffers[tensor.buffer]
    return buffer.isArena && buffer.parent == nil && tensor.offset == 0
      && tensor.byteCount == buffer.byteCount && !inputBuffers.contains(tensor.buffer)
  }
}
