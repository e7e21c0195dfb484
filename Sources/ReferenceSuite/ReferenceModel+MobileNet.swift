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
    let stages = [
      InvertedStage(expansion: 1, channels: 16, count: 1, stride: 1, kernel: 3),
      InvertedStage(expansion: 6, channels: 24, count: 2, stride: 2, kernel: 3),
      InvertedStage(expansion: 6, channels: 32, count: 3, stride: 2, kernel: 3),
      InvertedStage(expansion: 6, channels: 64, count: 4, stride: 2, kernel: 3),
      InvertedStage(expansion: 6, channels: 96, count: 3, stride: 1, kernel: 3),
      InvertedStage(expansion: 6, channels: 160, count: 3, stride: 2, kernel: 3),
      InvertedStage(expansion: 6, channels: 320, count: 1, stride: 1, kernel: 3),
    ]
    b.invertedResidualNetwork(stages)
  }

  public static let efficientNetLite0 = ReferenceModel(
    id: "efficientnet-lite0", name: "EfficientNet-Lite0", task: "image classification",
    source: "https://github.com/tensorflow/tpu (models/official/efficientnet/lite)"
  ) { b in
    // EfficientNet-B0's stages (Tan and Le, arXiv:1905.11946, table 1) without squeeze-and-excitation.
    let stages = [
      InvertedStage(expansion: 1, channels: 16, count: 1, stride: 1, kernel: 3),
      InvertedStage(expansion: 6, channels: 24, count: 2, stride: 2, kernel: 3),
      InvertedStage(expansion: 6, channels: 40, count: 2, stride: 2, kernel: 5),
      InvertedStage(expansion: 6, channels: 80, count: 3, stride: 2, kernel: 3),
      InvertedStage(expansion: 6, channels: 112, count: 3, stride: 1, kernel: 5),
      InvertedStage(expansion: 6, channels: 192, count: 4, stride: 2, kernel: 5),
      InvertedStage(expansion: 6, channels: 320, count: 1, stride: 1, kernel: 3),
    ]
    b.invertedResidualNetwork(stages)
  }
}

/// A row of an inverted-residual table: `count` blocks, the first with `stride`.
struct InvertedStage {
  var expansion: Int
  var channels: Int
  var count: Int
  var stride: Int
  var kernel: Int
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
  mutating func invertedResidualNetwork(_ stages: [InvertedStage]) {
    var x = input("image", shape: [1, 224, 224, 3])
    x = conv2d(x, filters: 32, kernel: .square(3), strides: .square(2), activation: .relu6, name: "stem")
    for (index, stage) in stages.enumerated() {
      for block in 0..<stage.count {
        x = invertedResidual(
          x, stage, stride: block == 0 ? stage.stride : 1, name: "stage\(index + 1)/block\(block + 1)")
      }
    }
    x = conv2d(x, filters: 1280, kernel: .one, activation: .relu6, name: "head")
    classify(x, classes: 1000)
  }

  private mutating func invertedResidual(
    _ x: TensorID, _ stage: InvertedStage, stride: Int, name: String
  ) -> TensorID {
    let channels = shape(of: x)[3]
    var y = x
    if stage.expansion > 1 {
      y = conv2d(
        y, filters: channels * stage.expansion, kernel: .one, activation: .relu6, name: "\(name)/expand")
    }
    y = depthwiseConv2d(
      y, kernel: .square(stage.kernel), strides: .square(stride), activation: .relu6,
      name: "\(name)/depthwise")
    y = conv2d(y, filters: stage.channels, kernel: .one, name: "\(name)/project")
    return stride == 1 && channels == stage.channels ? add(x, y, name: "\(name)/add") : y
  }
}
