import ModelFormats
import TestSupport

/// Models of a few operators each, in the layout that converters write.
enum TFLiteSamples {
  /// conv 3x3 (SAME, stride 2, ReLU), global mean, fully connected, softmax.
  static func convolutional() -> TFLiteFile {
    var file = TFLiteFile()
    let x = file.tensor("image", shape: [1, 5, 6, 2])
    let kernel = file.constant("conv/kernel", shape: [3, 3, 3, 2], (0..<54).map { Float($0) / 54 })
    let bias = file.constant("conv/bias", shape: [3], [1, 2, 3])
    let features = file.tensor("features", shape: [1, 3, 3, 3])
    // padding SAME, stride_w, stride_h, fused RELU
    file.add(
      .conv2d, [x, kernel, bias], [features],
      options: (1, FlatObject([0: .int(Int8(0)), 1: .int(Int32(2)), 2: .int(Int32(2)), 3: .int(Int8(1))])))
    let axes = file.integers("axes", [1, 2])
    let mean = file.tensor("mean", shape: [1, 3])
    file.add(.mean, [features, axes], [mean], options: (27, FlatObject([0: .bool(false)])))
    let weights = file.constant("dense/weights", shape: [4, 3], (0..<12).map { Float($0) })
    let logits = file.tensor("logits", shape: [1, 4])
    file.add(.fullyConnected, [mean, weights, -1], [logits], options: (8, FlatObject()))
    let y = file.tensor("probabilities", shape: [1, 4])
    file.add(.softmax, [logits], [y], options: (9, FlatObject([0: .float(1)])))
    file.subgraphs[0].inputs = [x]
    file.subgraphs[0].outputs = [y]
    return file
  }

  /// An int8 depthwise convolution with a scale a channel.
  static func quantized() -> TFLiteFile {
    var file = TFLiteFile()
    let steps = TFLiteFile.Quantization(scales: [0.5], zeroPoints: [-3])
    let x = file.tensor("x", type: 9, shape: [1, 4, 4, 2], quantization: steps)
    let kernel = file.tensor(
      "kernel", type: 9, shape: [1, 2, 2, 2],
      quantization: TFLiteFile.Quantization(scales: [0.25, 0.125], zeroPoints: [0, 0], axis: 3),
      value: [UInt8](repeating: 1, count: 8))
    let bias = file.tensor(
      "bias", type: 2, shape: [2],
      quantization: TFLiteFile.Quantization(scales: [0.125, 0.0625], zeroPoints: [0, 0]),
      value: [UInt8](repeating: 0, count: 8))
    let y = file.tensor(
      "y", type: 9, shape: [1, 3, 3, 2], quantization: TFLiteFile.Quantization(scales: [2], zeroPoints: [7]))
    // padding VALID, stride_w, stride_h, depth_multiplier, fused RELU6
    file.add(
      .depthwiseConv2d, [x, kernel, bias], [y],
      options: (
        2,
        FlatObject([
          0: .int(Int8(1)), 1: .int(Int32(1)), 2: .int(Int32(1)), 3: .int(Int32(1)), 4: .int(Int8(3)),
        ])
      ))
    file.subgraphs[0].inputs = [x]
    file.subgraphs[0].outputs = [y]
    return file
  }

  /// y = variable + x; variable = y. The variable starts as 5, 6.
  static func streaming() -> TFLiteFile {
    var file = TFLiteFile()
    let name = FlatObject([1: .string("memory")])
    file.add(.callOnce, [], [], options: (103, FlatObject([0: .int(Int32(1))])))
    let handle = file.tensor("handle", type: 13, shape: [])
    file.add(.varHandle, [], [handle], options: (111, name))
    let before = file.tensor("before", shape: [1, 2])
    file.add(.readVariable, [handle], [before])
    let x = file.tensor("x", shape: [1, 2])
    let sum = file.tensor("sum", shape: [1, 2])
    file.add(.add, [before, x], [sum], options: (11, FlatObject()))
    file.add(.assignVariable, [handle, sum], [])
    file.subgraphs[0].inputs = [x]
    file.subgraphs[0].outputs = [sum]

    file.subgraphs.append(TFLiteFile.Subgraph())
    file.current = 1
    let target = file.tensor("target", type: 13, shape: [])
    file.add(.varHandle, [], [target], options: (111, name))
    let first = file.constant("first", shape: [1, 2], [5, 6])
    file.add(.assignVariable, [target, first], [])
    return file
  }

  /// Flattens by a computed shape, as models with an open batch do: SHAPE, STRIDED_SLICE, PACK, RESHAPE.
  static func openBatch() -> TFLiteFile {
    var file = TFLiteFile()
    let x = file.tensor("x", shape: [1, 3, 4])
    let shape = file.tensor("shape", type: 2, shape: [3])
    file.add(.shape, [x], [shape])
    let zero = file.integers("zero", [0])
    let one = file.integers("one", [1])
    let batch = file.tensor("batch", type: 2, shape: [])
    // shrink_axis_mask 1: the first element, as a scalar
    file.add(.stridedSlice, [shape, zero, one, one], [batch], options: (32, FlatObject([4: .int(Int32(1))])))
    let rest = file.tensor("rest", type: 2, shape: [], value: [0xff, 0xff, 0xff, 0xff])
    let target = file.tensor("target", type: 2, shape: [2])
    file.add(.pack, [batch, rest], [target], options: (59, FlatObject([0: .int(Int32(2))])))
    let y = file.tensor("y", shape: [1, 12])
    file.add(.reshape, [x, target], [y])
    file.subgraphs[0].inputs = [x]
    file.subgraphs[0].outputs = [y]
    return file
  }

  /// Doubles x three times: WHILE with a counter from 0, while it is below 3.
  static func loop() -> TFLiteFile {
    var file = TFLiteFile()
    let x = file.tensor("x", shape: [2])
    let zero = file.tensor("zero", type: 2, shape: [], value: littleEndian([Int32(0)]))
    let count = file.tensor("count", type: 2, shape: [])
    let y = file.tensor("y", shape: [2])
    file.add(
      code: 119, [zero, x], [count, y], options: (93, FlatObject([0: .int(Int32(1)), 1: .int(Int32(2))])))
    file.subgraphs[0].inputs = [x]
    file.subgraphs[0].outputs = [y]

    file.subgraphs.append(TFLiteFile.Subgraph())
    file.current = 1
    let index = file.tensor("index", type: 2, shape: [])
    let value = file.tensor("value", shape: [2])
    let limit = file.tensor("limit", type: 2, shape: [], value: littleEndian([Int32(3)]))
    let goesOn = file.tensor("goes on", type: 6, shape: [])
    file.add(code: 58, [index, limit], [goesOn])
    file.subgraphs[1].inputs = [index, value]
    file.subgraphs[1].outputs = [goesOn]

    file.subgraphs.append(TFLiteFile.Subgraph())
    file.current = 2
    let old = file.tensor("old index", type: 2, shape: [])
    let one = file.tensor("one", type: 2, shape: [], value: littleEndian([Int32(1)]))
    let next = file.tensor("next index", type: 2, shape: [])
    file.add(.add, [old, one], [next])
    let single = file.tensor("single", shape: [2])
    let double = file.tensor("double", shape: [2])
    file.add(.add, [single, single], [double])
    file.subgraphs[2].inputs = [old, single]
    file.subgraphs[2].outputs = [next, double]
    return file
  }

  /// A fully connected layer whose weights, `[2, 3]`, are stored by compressed rows: 5 at (0, 2), 7 at (1, 0).
  static func sparse() -> TFLiteFile {
    var file = TFLiteFile()
    let rows = FlatObject([0: .int(Int8(0)), 1: .int(Int32(2))])
    let columns = FlatObject([
      0: .int(Int8(1)), 2: .int(UInt8(1)), 3: .table(FlatObject([0: .ints([Int32(0), 1, 2])])),
      4: .int(UInt8(1)),
      5: .table(FlatObject([0: .ints([Int32(2), 0])])),
    ])
    let stored = file.tensor(
      "stored", shape: [2, 3], value: littleEndian([Float(5), 7].map(\.bitPattern)),
      sparsity: FlatObject([0: .ints([Int32(0), 1]), 2: .tables([rows, columns])]))
    let weights = file.tensor("weights", shape: [2, 3])
    file.add(code: 124, [stored], [weights])
    let x = file.tensor("x", shape: [1, 3])
    let y = file.tensor("y", shape: [1, 2])
    file.add(.fullyConnected, [x, weights, -1], [y], options: (8, FlatObject()))
    file.subgraphs[0].inputs = [x]
    file.subgraphs[0].outputs = [y]
    return file
  }

  /// SVDF of one filter over the last two inputs.
  static func memory() -> TFLiteFile {
    var file = TFLiteFile()
    let x = file.tensor("x", shape: [1, 2])
    let features = file.constant("features", shape: [1, 2], [1, 2])
    let times = file.constant("times", shape: [1, 2], [10, 1])
    let state = file.tensor("state", shape: [1, 2], isVariable: true)
    let y = file.tensor("y", shape: [1, 1])
    file.add(code: 27, [x, features, times, -1, state], [y], options: (6, FlatObject([0: .int(Int32(1))])))
    file.subgraphs[0].inputs = [x]
    file.subgraphs[0].outputs = [y]
    return file
  }

  /// TFLite_Detection_PostProcess of four boxes and two classes, three detections.
  static func detector() -> TFLiteFile {
    var file = TFLiteFile()
    let boxes = file.tensor("boxes", shape: [1, 4, 4])
    let scores = file.tensor("scores", shape: [1, 4, 3])
    let anchors = file.constant("anchors", shape: [4, 4], (0..<16).map { Float($0) / 16 })
    let shapes: [[Int32]] = [[1, 3, 4], [1, 3], [1, 3], [1]]
    let outputs = shapes.enumerated().map { file.tensor("output \($0.offset)", shape: $0.element) }
    file.add(
      code: 32, [boxes, scores, anchors], outputs, customName: "TFLite_Detection_PostProcess",
      customOptions: detectionOptions)
    file.subgraphs[0].inputs = [boxes, scores]
    file.subgraphs[0].outputs = outputs
    return file
  }

  /// A FlexBuffers map: max_detections 3, max_classes_per_detection 1, num_classes 2, use_regular_nms false, thresholds
  /// 0.5, scales 10 and 5.
  private static let detectionOptions: [UInt8] =
    Array(
      """
      max_detections\0max_classes_per_detection\0num_classes\0use_regular_nms\0nms_score_threshold\0\
      nms_iou_threshold\0y_scale\0x_scale\0h_scale\0w_scale\0
      """.utf8) + [
      10, 17, 126, 142, 54, 75, 104, 93, 16, 33, 42, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0, 10, 0, 0, 0, 0, 0, 160,
      64, 1, 0,
      0, 0, 3, 0, 0, 0, 0, 0, 0, 63, 0, 0, 0, 63, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 160, 64, 0, 0, 32, 65, 0, 0,
      32, 65,
      14, 6, 6, 14, 14, 6, 106, 14, 14, 14, 50, 38, 1,
    ]
}
