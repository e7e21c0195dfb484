// Operators on sequences.

extension ShapeInference {
  /// All states, the last one, and an LSTM's last cell.
  func recurrence(_ recurrence: Recurrence) throws(GraphError) -> [TensorType] {
    try requireInputs(3...8)
    let x = try input(0, "x")
    try requireRank(3, x, "x")
    try require(x.elementType.isFloatingPoint, "x is \(x)", expected: "real numbers")
    let (batch, steps) =
      recurrence.isBatchMajor ? (x.shape[0], x.shape[1]) : (x.shape[1], x.shape[0])
    let directions = recurrence.directionCount
    let recurrent = try input(2, "recurrent weights")
    try requireRank(3, recurrent, "recurrent weights")
    let hidden = recurrent.shape[2]
    let gates = recurrence.kind.gateCount
    let state: Shape =
      recurrence.isBatchMajor ? [batch, directions, hidden] : [directions, batch, hidden]
    let expected: [(role: String, shape: Shape)] = [
      ("x", x.shape), ("weights", [directions, gates * hidden, x.shape[2]]),
      ("recurrent weights", [directions, gates * hidden, hidden]),
      ("bias", [directions, 2 * gates * hidden]),
      ("lengths", [batch]), ("initial state", state), ("initial cell", state),
      ("peepholes", [directions, 3 * hidden]),
    ]
    for (index, operand) in expected.enumerated() {
      guard let found = index < 3 ? try input(index, operand.role) : optionalInput(index) else { continue }
      try require(found.shape == operand.shape, "\(operand.role) is \(found)", expected: "\(operand.shape)")
    }
    if let lengths = optionalInput(4) {
      try require(lengths.elementType == .i32, "lengths is \(lengths)", expected: "i32")
    }
    try require(
      recurrence.kind == .lstm || (optionalInput(6) == nil && optionalInput(7) == nil),
      "a cell or peepholes", expected: "none but for an LSTM")
    try require(
      recurrence.functions.count == directions && recurrence.functions.allSatisfy { $0.count == 3 },
      "functions of \(recurrence.functions.map(\.count))", expected: "3 for each of \(directions) directions")
    if let clip = recurrence.clip { try require(clip > 0, "clip is \(clip)", expected: "more than 0") }
    let all: Shape =
      recurrence.isBatchMajor ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden]
    let last = TensorType(x.elementType, state)
    return [TensorType(x.elementType, all), last] + (recurrence.kind == .lstm ? [last] : [])
  }
}
