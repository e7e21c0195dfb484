import TestSupport

/// Small ONNX models, each of the features that one test or another looks at.
enum ONNXSamples {
  /// A convolution, a batch normalisation, an activation, a pooling and a classifier.
  static func convolutional() -> ONNXFile {
    var file = ONNXFile()
    file.graph.input("x", [1, 2, 4, 4])
    file.graph.initializer(.init("w", [3, 2, 3, 3], floats: (0..<54).map { Float($0 % 7) - 3 }))
    file.graph.initializer(.init("b", [3], floats: [1, 2, 3]))
    for (name, value) in [("scale", Float(2)), ("shift", 1), ("mean", 0.5), ("variance", 4)] {
      file.graph.initializer(.init(name, [3], floats: [value, value, value]))
    }
    file.graph.node("Conv", ["x", "w", "b"], ["c"], ["pads": .ints([1, 1, 1, 1])], name: "conv")
    file.graph.node("BatchNormalization", ["c", "scale", "shift", "mean", "variance"], ["n"])
    file.graph.node("Relu", ["n"], ["r"])
    file.graph.node("MaxPool", ["r"], ["p"], ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])])
    file.graph.node("Flatten", ["p"], ["f"])
    file.graph.initializer(.init("dense", [12, 2], floats: (0..<24).map { Float($0 % 5) - 2 }))
    file.graph.node("Gemm", ["f", "dense"], ["y"])
    file.graph.output("y")
    return file
  }

  /// A convolution between dequantize and quantize, as ONNX Runtime's quantizer writes it.
  static func quantized() -> ONNXFile {
    var file = ONNXFile()
    file.graph.input("x", [1, 1, 4, 4])
    file.graph.initializer(.init("xs", [], floats: [0.05]))
    file.graph.initializer(.init("xz", type: 2, [], raw: [128]))
    file.graph.initializer(.init("w", [2, 1, 3, 3], int8s: (0..<18).map { Int8($0 * 7 % 50) - 25 }))
    file.graph.initializer(.init("ws", [2], floats: [0.01, 0.02]))
    file.graph.initializer(.init("wz", [2], int8s: [0, 0]))
    file.graph.initializer(.init("ys", [], floats: [0.1]))
    file.graph.node("QuantizeLinear", ["x", "xs", "xz"], ["xq"])
    file.graph.node("DequantizeLinear", ["xq", "xs", "xz"], ["xd"])
    file.graph.node("DequantizeLinear", ["w", "ws", "wz"], ["wd"], ["axis": .int(0)])
    file.graph.node("Conv", ["xd", "wd"], ["c"])
    file.graph.node("Relu", ["c"], ["r"])
    file.graph.node("QuantizeLinear", ["r", "ys", "xz"], ["q"])
    file.graph.node("DequantizeLinear", ["q", "ys", "xz"], ["y"])
    file.graph.output("y")
    return file
  }

  /// A shape that is computed: the image flattened, its batch open.
  static func shapeArithmetic() -> ONNXFile {
    var file = ONNXFile(opset: 13)
    file.graph.input("x", ["batch", 3, "height", 2])
    file.graph.initializer(.init("first", [1], int64s: [0]))
    file.graph.initializer(.init("rest", [1], int64s: [-1]))
    file.graph.node("Shape", ["x"], ["s"])
    file.graph.node("Gather", ["s", "first"], ["n"])
    file.graph.node("Concat", ["n", "rest"], ["t"], ["axis": .int(0)])
    file.graph.node("Reshape", ["x", "t"], ["y"])
    file.graph.output("y")
    return file
  }

  /// A branch that the value of an input chooses: twice or half of x.
  static func branching() -> ONNXFile {
    func branch(_ factor: Float) -> ONNXGraphWriter {
      var graph = ONNXGraphWriter()
      graph.node("Constant", [], ["k"], ["value_float": .float(factor)])
      graph.node("Mul", ["x", "k"], ["z"])
      graph.output("z")
      return graph
    }
    var file = ONNXFile()
    file.graph.input("x", [2])
    file.graph.input("rate", type: 7, [])
    file.graph.initializer(.init("limit", [], int64s: [8000]))
    file.graph.node("Greater", ["rate", "limit"], ["isFast"])
    file.graph.node(
      "If", ["isFast"], ["y"],
      ["then_branch": .graph(branch(2)), "else_branch": .graph(branch(0.5))])
    file.graph.output("y")
    return file
  }

  /// An operator that the model defines for itself: x * k + x, k an attribute.
  static func function() -> ONNXFile {
    var file = ONNXFile()
    file.otherOpsets = ["local": 1]
    var body = ONNXGraphWriter()
    body.node("Constant", [], ["k"], ["value_int": .reference("factor")])
    body.node("CastLike", ["k", "a"], ["f"])
    body.node("Mul", ["a", "f"], ["p"])
    body.node("Add", ["p", "a"], ["b"])
    file.functions = [("Blend", ["a"], ["b"], body)]
    file.graph.input("x", [3])
    file.graph.node("Blend", ["x"], ["m"], ["factor": .int(2)], domain: "local")
    file.graph.node("Blend", ["m"], ["y"], ["factor": .int(1)], domain: "local")
    file.graph.output("y")
    return file
  }
}
