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
}
