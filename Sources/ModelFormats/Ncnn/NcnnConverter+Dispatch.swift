import Graph

extension NcnnConverter {
  /// Layers that turn the network's results into a list of boxes, on which no plan's latency depends: the graph ends
  /// before them.
  static let endings: Set<String> = ["DetectionOutput", "YoloDetectionOutput", "Yolov3DetectionOutput"]

  /// A Noop of several inputs only holds them together.
  static func isEnding(_ layer: NcnnLayer) -> Bool {
    endings.contains(layer.type) || (layer.type == "Noop" && layer.bottoms.count > 1)
  }

  /// Every layer type that ``convert(_:)`` has a case for.
  static let types: [String] =
    Array(endings)
      + """
      AbsVal BatchNorm Bias BinaryOp Clip Concat Convolution ConvolutionDepthWise Crop Deconvolution \
      DeconvolutionDepthWise Dropout ELU Eltwise Flatten GELU Gemm GroupNorm HardSigmoid HardSwish InnerProduct Input \
      InstanceNorm Interp LRN LayerNorm MatMul MemoryData Mish MultiHeadAttention Noop Normalize PReLU Padding Permute \
      PixelShuffle Pooling Power PriorBox ReLU Reduction Reorg Reshape Scale ShuffleChannel Sigmoid Slice Softmax \
      Softplus Split Swish TanH UnaryOp
      """.split(separator: " ").map(String.init)

  mutating func convert(_ layer: NcnnLayer) throws(NcnnError) {
    if Self.isEnding(layer) {
      for index in layer.bottoms.indices { _ = try bottom(layer, index) }
      return
    }
    switch layer.type {
    case "AbsVal": try unary(layer, .abs)
    case "BatchNorm": try batchNorm(layer)
    case "Bias": try bias(layer)
    case "BinaryOp": try binary(layer)
    case "Clip":
      let low = try layer.number(0, default: -.greatestFiniteMagnitude)
      try unary(layer, .clamp(min: low, max: try layer.number(1, default: .greatestFiniteMagnitude)))
    case "Concat": try concat(layer)
    case "Convolution": try convolution(layer, isGrouped: false)
    case "ConvolutionDepthWise": try convolution(layer, isGrouped: true)
    case "Crop": try crop(layer)
    case "Deconvolution", "DeconvolutionDepthWise": try deconvolution(layer)
    case "Dropout": try dropout(layer)
    case "ELU": try unary(layer, .elu(alpha: try layer.number(0, default: 0.1)))
    case "Eltwise": try eltwise(layer)
    case "Flatten": try flatten(layer)
    case "GELU": try unary(layer, .gelu(approximate: try layer.flag(0)))
    case "Gemm": try gemm(layer)
    case "GroupNorm": try groupNorm(layer)
    case "HardSigmoid":
      let alpha = try layer.number(0, default: 0.2)
      try unary(layer, .hardSigmoid(alpha: alpha, beta: try layer.number(1, default: 0.5)))
    case "HardSwish": try hardSwish(layer)
    case "InnerProduct": try innerProduct(layer)
    case "InstanceNorm": try instanceNorm(layer)
    case "Interp": try interp(layer)
    case "LRN": try localResponseNorm(layer)
    case "LayerNorm": try layerNorm(layer)
    case "MatMul": try matMul(layer)
    case "MemoryData": try memoryData(layer)
    case "Mish": try mish(layer)
    case "MultiHeadAttention": try multiHeadAttention(layer)
    case "Noop", "Split": try copies(layer)
    case "Normalize": try normalize(layer)
    case "PReLU": try prelu(layer)
    case "Padding": try padding(layer)
    case "Permute": try permute(layer)
    case "PixelShuffle": try pixelShuffle(layer)
    case "Pooling": try pooling(layer)
    case "Power": try power(layer)
    case "PriorBox": try priorBox(layer)
    case "ReLU": try relu(layer)
    case "Reduction": try reduction(layer)
    case "Reorg": try reorg(layer)
    case "Reshape": try reshape(layer)
    case "Scale": try scale(layer)
    case "ShuffleChannel": try shuffleChannel(layer)
    case "Sigmoid": try unary(layer, .sigmoid)
    case "Slice": try slice(layer)
    case "Softmax": try softmax(layer)
    case "Softplus": try unary(layer, .softplus)
    case "Swish": try unary(layer, .silu)
    case "TanH": try unary(layer, .tanh)
    case "UnaryOp": try unaryOp(layer)
    default: throw NcnnError(place: layer.place, found: "is a \(layer.type) layer")
    }
  }

  /// The same blob under each of the layer's output names.
  private mutating func copies(_ layer: NcnnLayer) throws(NcnnError) {
    guard !layer.bottoms.isEmpty else { return }
    for top in layer.tops { try define(top, try bottom(layer), layer) }
  }
}
