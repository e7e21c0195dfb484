import Graph
import Lowering

extension GraphAssembler {
  /// Larger results stay nodes: lowering folds them, when the model is prepared to run.
  private static let largestFoldedBytes = 1 << 16

  /// The results of an operator on constants, where they are small; `nil` where it stays a node.
  mutating func fold(
    _ op: Operator, _ inputs: [TensorID?], _ types: [TensorType], declared: [TensorType],
    _ quantizations: [Quantization?]
  ) -> [TensorData]? {
    switch op {
    case .readState, .writeState: return nil
    // Weights stay the integers that they are in the file.
    case .dequantize: return nil
    default: break
    }
    guard !inputs.isEmpty, types.count > 0 else { return nil }
    var read = 0
    for case let id? in inputs {
      guard let constant = graph[id].constant else { return nil }
      read += constant.byteCount
    }
    // A constant's other shape is the same bytes, however many.
    if op == .reshape, let first = inputs[0], graph[first].elementType == types[0].elementType {
      return graph[first].constant.map { [$0] }
    }
    guard read <= 4 * Self.largestFoldedBytes,
      types.allSatisfy({ ($0.byteCount ?? .max) <= Self.largestFoldedBytes }),
      spend(types.reduce(0) { $0 + ($1.byteCount ?? 0) })
    else { return nil }
    if let integers = foldedIntegers(op, inputs, types) { return [integers] }
    return evaluated(op, inputs, types, quantizations)
  }

  private func foldedIntegers(_ op: Operator, _ inputs: [TensorID?], _ types: [TensorType]) -> TensorData? {
    guard types.count == 1, types[0].elementType == .i32 || types[0].elementType == .i64 else { return nil }
    var operands: [SmallIntegers] = []
    for id in inputs {
      guard let id, let operand = SmallIntegers(graph[id]) else { return nil }
      operands.append(operand)
    }
    return SmallIntegers.result(of: op, operands, shape: types[0].shape)?.data(types[0].elementType)
  }

  /// Runs the one node.
  private func evaluated(
    _ op: Operator, _ inputs: [TensorID?], _ types: [TensorType], _ quantizations: [Quantization?]
  ) -> [TensorData]? {
    var small = Graph(name: "constants")
    var operands: [TensorID?] = []
    for id in inputs {
      guard let id else {
        operands.append(nil)
        continue
      }
      small.tensors.append(graph[id])
      operands.append(TensorID(small.tensors.count - 1))
    }
    for (index, type) in types.enumerated() {
      small.tensors.append(
        Tensor(
          name: "result \(index)", elementType: type.elementType, shape: type.shape,
          quantization: index < quantizations.count ? quantizations[index] : nil))
      small.outputs.append(TensorID(small.tensors.count - 1))
    }
    small.nodes = [Node(name: "folded", op: op, inputs: operands, outputs: small.outputs)]
    // What cannot be evaluated is left to lowering, which names the node that it cannot run.
    return try? evaluate(small, inputs: [])
  }
}
