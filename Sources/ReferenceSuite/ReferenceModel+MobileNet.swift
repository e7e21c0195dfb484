internal import Graph

extension ReferenceModel {
  public static let mobileNetV1 = ReferenceModel(
    id: "mobilenet-v1-1.0-224", name: "MobileNetV1 1.0/224", task: "image classification",
    source: "Howard et al., arXiv:1704.04861, table 1"
  ) { b in
    b.mobileNetV1(side: 224, multiplier: (1, 1), classes: 1000, activation: .relu6)
  }

  public static let mobileNetV2 = ReferenceModel(
    id: "mobilenet-v2-1.0-224", name: "MobileNetV2 1.0/224", task: "image classification",
    source: "Sandler et al., arXiv:1801.04381, table 2"
  ) { b in
    b.invertedResidualNetwork(InvertedStage.mobileNetV2)
  }

  public static let efficientNetLite0 = ReferenceModel(
    id: "efficientnet-lite0", name: "EfficientNet-Lite0", task: "image classification",
    source: "https://github.com/tensorflow/tpu (models/official/efficientnet/lite)"
  ) { b in
    b.invertedResidualNetwork(InvertedStage.efficientNetLite(0))
  }
}

/// A row of an inverted-residual table: `count` blocks, the first with `stride`.
struct InvertedStage {
  var expansion: Int
  var channels: Int
  var count: Int
  var stride: Int
  var kernel: Int

  static let mobileNetV2 = [
    InvertedStage(expansion: 1, channels: 16, count: 1, stride: 1, kernel: 3),
    InvertedStage(expansion: 6, channels: 24, count: 2, stride: 2, kernel: 3),
    InvertedStage(expansion: 6, channels: 32, count: 3, stride: 2, kernel: 3),
    InvertedStage(expansion: 6, channels: 64, count: 4, stride: 2, kernel: 3),
    InvertedStage(expansion: 6, channels: 96, count: 3, stride: 1, kernel: 3),
    InvertedStage(expansion: 6, channels: 160, count: 3, stride: 2, kernel: 3),
    InvertedStage(expansion: 6, channels: 320, count: 1, stride: 1, kernel: 3),
  ]

  /// EfficientNet-Lite0 to 4: EfficientNet-B0's stages (Tan and Le, arXiv:1905.11946, table 1) without squeeze-and-excitation, wider and
  /// deeper by the published factors; the number of blocks of the first and the last stage stays.
  static func efficientNetLite(_ number: Int) -> [InvertedStage] {
    let plain = [
      InvertedStage(expansion: 1, channels: 16, count: 1, stride: 1, kernel: 3),
      InvertedStage(expansion: 6, channels: 24, count: 2, stride: 2, kernel: 3),
      InvertedStage(expansion: 6, channels: 40, count: 2, stride: 2, kernel: 5),
      InvertedStage(expansion: 6, channels: 80, count: 3, stride: 2, kernel: 3),
      InvertedStage(expansion: 6, channels: 112, count: 3, stride: 1, kernel: 5),
      InvertedStage(expansion: 6, channels: 192, count: 4, stride: 2, kernel: 5),
      InvertedStage(expansion: 6, channels: 320, count: 1, stride: 1, kernel: 3),
    ]
    // Tenths of the width and of the depth.
    let (width, depth) = [(10, 10), (10, 11), (11, 12), (12, 14), (14, 18)][number]
    return plain.enumerated().map { index, stage in
      var stage = stage
      // To the nearest multiple of 8, but no less than nine tenths.
      let scaled = stage.channels * width
      var channels = max(8, (scaled + 40) / 80 * 8)
      if channels * 100 < 9 * scaled { channels += 8 }
      stage.channels = channels
      if index > 0, index < plain.count - 1 { stage.count = (stage.count * depth + 9) / 10 }
      return stage
    }
  }
}

extension GraphBuilder {
  /// MobileNetV1 on an RGB image of `side` x `side`, channels times the fraction `multiplier`.
  mutating func mobileNetV1(side: Int, multiplier: (Int, Int), classes: Int, activation: Activation) {
    func scaled(_ channels: Int) -> Int { channels * multiplier.0 / multiplier.1 }
    var x = input("image", shape: [1, side, side, 3])
    x = conv2d(
      x, filters: scaled(32), kernel: .square(3), strides: .square(2), activation: activation, name: "stem")
    let blocks = [
      (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1),
      (512, 1), (1024, 2), (1024, 1),
    ]
    for (index, (channels, stride)) in blocks.enumerated() {
      x = depthwiseConv2d(
        x, kernel: .square(3), strides: .square(stride), activation: activation,
        name: "block\(index + 1)/depthwise")
      x = conv2d(
        x, filters: scaled(channels), kernel: .one, activation: activation,
        name: "block\(index + 1)/pointwise")
    }
    classify(x, classes: classes)
  }

  /// A stem of 32 channels, inverted residuals with linear bottlenecks, a head of 1280, 1000 classes.
  mutating func invertedResidualNetwork(_ stages: [InvertedStage], side: Int = 224) {
    let features = invertedResidualFeatures(stages, side: side)
    let x = conv2d(
      features[features.count - 1].output, filters: 1280, kernel: .one, activation: .relu6, name: "head")
    classify(x, classes: 1000)
  }

  /// What each stage hands on, and its first block's expanded channels, after a stem of 32 channels on an RGB image of `side` x `side`.
  mutating func invertedResidualFeatures(
    _ stages: [InvertedStage], side: Int
  ) -> [(output: TensorID, expanded: TensorID)] {
    var x = input("image", shape: [1, side, side, 3])
    x = conv2d(x, filters: 32, kernel: .square(3), strides: .square(2), activation: .relu6, name: "stem")
    var features: [(output: TensorID, expanded: TensorID)] = []
    for (index, stage) in stages.enumerated() {
      var expanded = x
      for block in 0..<stage.count {
        let result = invertedResidual(
          x, stage, stride: block == 0 ? stage.stride : 1, name: "stage\(index + 1)/block\(block + 1)")
        if block == 0 { expanded = result.expanded }
        x = result.output
      }
      features.append((x, expanded))
    }
    return features
  }

  private mutating func invertedResidual(
    _ x: TensorID, _ stage: InvertedStage, stride: Int, name: String
  ) -> (output: TensorID, expanded: TensorID) {
    let channels = shape(of: x)[3]
    var y = x
    if stage.expansion > 1 {
      y = conv2d(
        y, filters: channels * stage.expansion, kernel: .one, activation: .relu6, name: "\(name)/expand")
    }
    let expanded = y
    y = depthwiseConv2d(
      y, kernel: .square(stage.kernel), strides: .square(stride), activation: .relu6,
      name: "\(name)/depthwise")
    y = conv2d(y, filters: stage.channels, kernel: .one, name: "\(name)/project")
    return (stride == 1 && channels == stage.channels ? add(x, y, name: "\(name)/add") : y, expanded)
  }
}
