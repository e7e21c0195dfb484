// The last step of detectors.

extension ShapeInference {
  func detection(_ detection: Detection) throws(GraphError) -> TensorType {
    try requireInputs(4...4)
    let boxes = try input(0, "box encodings")
    let scores = try input(1, "scores")
    try requireRank(2, boxes, "box encodings")
    try requireRank(2, scores, "scores")
    let count = boxes.shape[0]
    let best = try input(2, "best scores")
    let anchors = try input(3, "anchors")
    try require(
      boxes.shape[1] == 4 && scores.shape[0] == count && best.shape == [count]
        && anchors.shape == [count, 4],
      "encodings \(boxes), scores \(scores)", expected: "as many boxes, anchors and rows of scores")
    for index in 0..<4 {
      let operand = try input(index, "operand")
      try require(
        operand.elementType.isFloatingPoint || operand.elementType == .i8 || operand.elementType == .u8,
        "input \(index) is \(operand)", expected: "numbers")
    }
    let most = 1 << 10
    let limits = [
      detection.detections, detection.classesPerDetection, detection.detectionsPerClass ?? 1,
      detection.classes,
    ]
    try require(
      limits.dropLast().allSatisfy { (1...most).contains($0) } && detection.classes <= scores.shape[1]
        && detection.classes >= 1 && detection.classesPerDetection <= detection.classes
        && detection.scales.count == 4,
      "\(limits) detections, classes of each, and classes",
      expected: "1 to \(most), and as many classes as scores")
    return TensorType(.f32, [detection.detections * detection.classesPerDetection + 1, 6])
  }
}
