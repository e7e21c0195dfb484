import Graph

// The custom operator that ends TensorFlow's object detectors.

extension TFLiteConverter {
  /// Inputs: box encodings `[1, boxes, 4]`, scores `[1, boxes, columns]`, anchors `[boxes, 4]`. Outputs: boxes
  /// `[1, count, 4]`, classes and scores `[1, count]`, and how many there are.
  mutating func detectionPostProcess(_ op: TFLiteOperator) throws(ModelFormatError) {
    let boxes = try real(try input(op, 0), op)
    let scores = try real(try input(op, 1), op)
    let anchors = try real(try input(op, 2), op)
    try requireRank(3, boxes, op)
    try requireRank(3, scores, op)
    let count = shape(of: boxes)[1]
    let columns = shape(of: scores)[2]
    guard shape(of: boxes) == [1, count, 4], shape(of: scores) == [1, count, columns],
      shape(of: anchors) == [count, 4]
    else {
      throw malformed(
        op, "boxes \(shape(of: boxes)), scores \(shape(of: scores)), anchors \(shape(of: anchors))",
        expected: "as many of each, of one image")
    }
    let detection = try detection(op, columns: columns)
    let flatBoxes = try intermediate(.reshape, [boxes], op, shape: [count, 4])
    let flatScores = try intermediate(.reshape, [scores], op, shape: [count, columns])
    let classScores =
      detection.classes == columns
      ? flatScores
      : try intermediate(
        .slice(begin: [0, columns - detection.classes], strides: [1, 1]), [flatScores], op,
        shape: [count, detection.classes])
    let best = try intermediate(.reduce(.maximum, axes: [1], keepsDimensions: false), [classScores], op)
    let rows = try intermediate(.detection(detection), [flatBoxes, flatScores, best, anchors], op)
    let kept = detection.detections * detection.classesPerDetection
    let parts = [(0, 4, [1, kept, 4]), (4, 1, [1, kept]), (5, 1, [1, kept])]
    for (position, (column, width, form)) in parts.enumerated() {
      let part = try intermediate(
        .slice(begin: [0, column], strides: [1, 1]), [rows], op, shape: [kept, width])
      try emit(.reshape, [part], op, output: position, shape: Shape(form))
    }
    let number = try intermediate(
      .slice(begin: [kept, 0], strides: [1, 1]), [rows], op, shape: [1, 1])
    try emit(.reshape, [number], op, output: 3, shape: [1])
  }

  private func detection(_ op: TFLiteOperator, columns: Int) throws(ModelFormatError) -> Detection {
    guard let range = op.customOptions,
      let options = FlexMap(UnsafeRawBufferPointer(rebasing: model.file.bytes[range]))
    else {
      throw malformed(op, "options that are no map", expected: "a FlexBuffers map")
    }
    func number(_ key: String, _ fallback: Double?) throws(ModelFormatError) -> Double {
      guard let value = options[key] ?? fallback, value.isFinite, abs(value) < 1e9 else {
        throw malformed(
          op, "option '\(key)' is \(options[key].map { "\($0)" } ?? "missing")", expected: "a number")
      }
      return value
    }
    let classes = Int(try number("num_classes", nil))
    let isByClass = try number("use_regular_nms", 0) != 0
    // One class a detection where each class is judged on its own.
    let perDetection = isByClass ? 1 : min(Int(try number("max_classes_per_detection", nil)), classes)
    let scales = try ["y_scale", "x_scale", "h_scale", "w_scale"].map { key throws(ModelFormatError) in
      Float(try number(key, nil))
    }
    guard classes >= 1, classes <= columns else {
      throw malformed(op, "\(classes) classes in \(columns) columns of scores", expected: "1 to \(columns)")
    }
    return Detection(
      classes: classes, detections: Int(try number("max_detections", nil)), classesPerDetection: perDetection,
      detectionsPerClass: isByClass ? Int(try number("detections_per_class", 100)) : nil,
      scoreThreshold: Float(try number("nms_score_threshold", nil)),
      overlapThreshold: Float(try number("nms_iou_threshold", nil)), scales: scales)
  }
}
