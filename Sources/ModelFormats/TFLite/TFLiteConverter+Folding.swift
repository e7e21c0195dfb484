import Graph

// Results that follow from constants of a few integers.

extension TFLiteConverter {
  /// The value of an operator that computes a shape; `nil` for any other.
  ///
  /// - Parameter type: The result's type, from shape inference.
  mutating func folded(
    _ kind: Operator, _ inputs: [TensorID?], _ type: TensorType, _ op: TFLiteOperator
  ) throws(ModelFormatError) -> TensorData? {
    guard type.elementType == .i32 || type.elementType == .i64, !inputs.isEmpty else { return nil }
    var operands: [SmallIntegers] = []
    for input in inputs {
      guard let input, let operand = smallIntegers(input) else { return nil }
      try model.file.spend(operand.values.count, on: op.place)
      operands.append(operand)
    }
    guard let result = SmallIntegers.result(of: kind, operands, shape: type.shape) else { return nil }
    try model.file.spend(result.values.count, on: op.place)
    return data(result.values, type.elementType)
  }

  private func smallIntegers(_ id: TensorID) -> SmallIntegers? { SmallIntegers(graph[id]) }

  /// The bytes of a constant of integers; `nil` where one does not fit.
  func data(_ values: [Int], _ type: ElementType) -> TensorData? {
    SmallIntegers(shape: [values.count], values: values).data(type)
  }

  /// The numbers from a start to a limit, where all are constant.
  mutating func range(_ op: TFLiteOperator) throws(ModelFormatError) {
    let start = try integer(op, 0, "a start")
    let limit = try integer(op, 1, "a limit")
    let step = try integer(op, 2, "a step")
    let extent = Shape.largestExtent
    guard step != 0, [start, limit, step].allSatisfy({ (-extent...extent).contains($0) }) else {
      throw malformed(op, "a range from \(start) to \(limit) by \(step)", expected: "a step that leads there")
    }
    let count = max(0, (limit - start + (step > 0 ? step - 1 : step + 1)) / step)
    guard (1...SmallIntegers.largestCount).contains(count) else {
      throw malformed(op, "a range of \(count) numbers", expected: "1 to \(SmallIntegers.largestCount)")
    }
    try defineConstant((0..<count).map { start + $0 * step }, shape: [count], op)
  }
}
