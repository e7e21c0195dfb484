import Graph

// The best of boxes that overlap.

extension TFLiteConverter {
  /// Inputs: boxes `[N, 4]`, their scores, how many to keep, thresholds of overlap and score, and, of version 5, a deviation. Outputs:
  /// the kept boxes' numbers, their scores (version 5), each 0 behind the last one, and how many there are.
  mutating func suppressOverlaps(_ op: TFLiteOperator, givesScores: Bool) throws(ModelFormatError) {
    let (boxes, scores) = (try input(op, 0), try input(op, 1))
    try requireRank(2, boxes, op)
    let count = shape(of: boxes)[0]
    let most = try integer(op, 2, "a number of boxes")
    guard shape(of: boxes) == [count, 4], shape(of: scores) == [count],
      (1...Shape.largestExtent).contains(most)
    else {
      throw malformed(
        op, "boxes \(shape(of: boxes)), scores \(shape(of: scores)), \(most) of them",
        expected: "four numbers and a score for each, 1 and more of them")
    }
    if givesScores, op.inputs.count > 5, try number(op, 5) != 0 {
      throw unsupported(describe(op), "lowers the scores of overlapping boxes (soft_nms_sigma)")
    }
    let suppression = NonMaxSuppression(
      mostPerClass: most, isCentered: false, overlapThreshold: try number(op, 3),
      scoreThreshold: try number(op, 4))
    let images = try intermediate(.reshape, [boxes], op, shape: [1, count, 4])
    let classes = try intermediate(.reshape, [scores], op, shape: [1, 1, count])
    let results: [TensorID]
    do throws(GraphError) {
      results = try assembler.addAll(
        .nonMaxSuppression(suppression), [images, classes], name: "\(describe(op))/all")
    } catch {
      throw malformed(op, error.found, expected: error.expected)
    }
    // Rows of image, class and box, -1 where there is none.
    let capacity = graph[results[0]].shape[0]
    let column = try intermediate(
      .slice(begin: [0, 2], strides: [1, 1]), [results[0]], op, shape: [capacity, 1])
    let numbers = try padded(
      try intermediate(.reshape, [column], op, shape: [capacity], elementType: .i64), to: most, op)
    let zero = constant([0], .i64, .scalar, "none")
    let kept = try intermediate(.binary(.maximum, activation: .none), [numbers, zero], op)
    try emit(.cast, [kept], op)
    if givesScores {
      let values = try intermediate(.gather(axis: 0), [scores, kept], op)
      let isKept = try intermediate(
        .binary(.greaterEqual, activation: .none), [numbers, zero], op, elementType: .bool)
      let nothing = constant([Float(0)], .scalar, "nothing")
      try emit(.select, [isKept, values, nothing], op, output: 1)
    }
    let total = try intermediate(.cast, [results[1]], op, elementType: .i32)
    try emit(.reshape, [total], op, output: givesScores ? 2 : 1, shape: .scalar)
  }

  /// A list of numbers continued with -1.
  private mutating func padded(
    _ list: TensorID, to count: Int, _ op: TFLiteOperator
  ) throws(ModelFormatError) -> TensorID {
    let length = shape(of: list)[0]
    if length == count { return list }
    return try intermediate(.pad(before: [0], after: [count - length], mode: .constant(-1)), [list], op)
  }

  /// The one real number of an input.
  private mutating func number(_ op: TFLiteOperator, _ position: Int) throws(ModelFormatError) -> Float {
    let id = try input(op, position)
    guard graph[id].elementType == .f32, shape(of: id).elementCount == 1 else {
      throw malformed(op, "input \(position) is \(graph[id].type)", expected: "one f32")
    }
    return try value(of: id, op).elements(as: Float.self)[0]
  }
}
