internal import Graph

extension ReferenceSuite {
  /// Networks that tables of published latencies name and whose structures are published: for their work, not to be run.
  public static let published: [ReferenceModel] = mobileNetsV1 + efficientNets + detectors

  private static let mobileNetsV1: [ReferenceModel] = [
    ("0.25", (1, 4)), ("0.5", (1, 2)), ("0.75", (3, 4)), ("1.0", (1, 1)),
  ].flatMap { name, multiplier in
    [128, 160, 192, 224].map { side in
      ReferenceModel(
        id: "mobilenet-v1-\(name)-\(side)", name: "MobileNetV1 \(name)/\(side)", task: "image classification",
        source: "Howard et al., arXiv:1704.04861, table 1"
      ) { b in
        b.mobileNetV1(side: side, multiplier: multiplier, classes: 1001, activation: .relu6)
      }
    }
  }

  private static let efficientNets: [ReferenceModel] = [224, 240, 260, 280, 300].enumerated().map {
    number, side in
    ReferenceModel(
      id: "efficientnet-lite\(number)", name: "EfficientNet-Lite\(number)", task: "image classification",
      source: "https://github.com/tensorflow/tpu (models/official/efficientnet/lite)"
    ) { b in
      b.invertedResidualNetwork(InvertedStage.efficientNetLite(number), side: side)
    }
  }

  private static let detectors: [ReferenceModel] =
    EfficientDetSize.all.map { size in
      ReferenceModel(
        id: size.id, name: size.id, task: "object detection",
        source: "Tan et al., arXiv:1911.09070; https://github.com/google/automl"
      ) { b in
        b.efficientDet(size)
      }
    }
    + ["ssd_mobilenet_v2_300x300_coco", "ssd_mobilenet_v2_300x300_quant_coco"].map { id in
      ReferenceModel(
        id: id, name: "SSD MobileNetV2 300", task: "object detection",
        source: "https://github.com/tensorflow/models (object_detection)"
      ) { b in
        b.ssdMobileNetV2()
      }
    }
}
