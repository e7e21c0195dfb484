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
      if outer == 1, isOwnedOnly(piece, id), node.inputs.filter({ $0 == id }).count == 1 {
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

  /// Whether `value` is an arena buffer of its own, made by a node that writes all of it, and may lie anywhere.
  private func isOwnedOnly(_ value: Int, _ id: TensorID) -> Bool {
    let tensor = tensors[value]
    let buffer = buffers[tensor.buffer]
    return buffer.isArena && buffer.parent == nil && tensor.offset == 0
      && tensor.byteCount == buffer.byteCount
      && !inputs.contains { tensors[$0].buffer == tensor.buffer } && graph[id].shape.elementCount != nil
  }
}
