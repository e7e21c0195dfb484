internal import Graph

/// The four networks of MLPerf Tiny.
///
/// - Source: Banbury et al., "MLPerf Tiny Benchmark", arXiv:2106.07597; https://github.com/mlcommons/tiny.
extension ReferenceModel {
  private static let source = "MLPerf Tiny (Banbury et al., arXiv:2106.07597)"

  /// DS-CNN: 49 frames of 10 MFCCs to 12 keywords.
  public static let keywordSpotting = ReferenceModel(
    id: "ds-cnn-kws", name: "DS-CNN", task: "keyword spotting", source: source
  ) { b in
    var x = b.input("mfcc", shape: [1, 49, 10, 1])
    x = b.conv2d(
      x, filters: 64, kernel: Size2D(height: 10, width: 4), strides: .square(2), activation: .relu,
      name: "stem")
    for block in 1...4 {
      x = b.depthwiseConv2d(x, kernel: .square(3), activation: .relu, name: "block\(block)/depthwise")
      x = b.conv2d(x, filters: 64, kernel: .one, activation: .relu, name: "block\(block)/pointwise")
    }
    b.classify(x, classes: 12)
  }

  /// MobileNetV1 0.25/96: a person in the image, or none.
  public static let visualWakeWords = ReferenceModel(
    id: "mobilenet-v1-0.25-96-vww", name: "MobileNetV1 0.25/96", task: "visual wake words", source: source
  ) { b in
    b.mobileNetV1(side: 96, multiplier: (1, 4), classes: 2, activation: .relu)
  }

  /// ResNet-8: 32x32 images to 10 classes of CIFAR-10.
  public static let resNet8 = ReferenceModel(
    id: "resnet-8", name: "ResNet-8", task: "image classification", source: source
  ) { b in
    var x = b.input("image", shape: [1, 32, 32, 3])
    x = b.conv2d(x, filters: 16, kernel: .square(3), activation: .relu, name: "stem")
    for (stack, filters) in [16, 32, 64].enumerated() {
      let name = "stack\(stack + 1)"
      let strides = Size2D.square(stack == 0 ? 1 : 2)
      var y = b.conv2d(
        x, filters: filters, kernel: .square(3), strides: strides, activation: .relu, name: "\(name)/conv1")
      y = b.conv2d(y, filters: filters, kernel: .square(3), name: "\(name)/conv2")
      if stack > 0 {
        x = b.conv2d(x, filters: filters, kernel: .one, strides: strides, name: "\(name)/shortcut")
      }
      x = b.add(x, y, activation: .relu, name: "\(name)/add")
    }
    b.classify(x, classes: 10)
  }

  /// The dense auto-encoder: 5 frames of 128 mel bands, restored; anomalous machine sounds are restored badly.
  public static let autoEncoder = ReferenceModel(
    id: "auto-encoder", name: "Dense auto-encoder", task: "anomaly detection", source: source
  ) { b in
    var x = b.input("spectrum", shape: [1, 640])
    for (layer, units) in [128, 128, 128, 128, 8, 128, 128, 128, 128].enumerated() {
      x = b.dense(x, units: units, activation: .relu, name: "dense\(layer + 1)")
    }
    b.output(b.dense(x, units: 640, name: "restored"))
  }
}

extension GraphBuilder {
  /// Mean over the image, a dense layer, softmax: the output of the graph.
  mutating func classify(_ x: TensorID, classes: Int) {
    let logits = dense(globalAveragePool(x), units: classes, name: "logits")
    output(softmax(logits, name: "probabilities"))
  }
}
