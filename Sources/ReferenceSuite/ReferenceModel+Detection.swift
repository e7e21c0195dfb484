internal import Graph

/// The size of an EfficientDet-Lite.
///
/// - Source: Tan et al., arXiv:1911.09070; https://github.com/google/automl (efficientdet/hparams_config.py).
struct EfficientDetSize {
  var id: String
  /// The EfficientNet-Lite below.
  var backbone: Int
  var side: Int
  /// Channels and cells of the feature pyramid, and layers of each head.
  var channels: Int
  var cells: Int
  var depth: Int

  static let all = [
    EfficientDetSize(
      id: "efficientdet-lite0", backbone: 0, side: 320, channels: 64, cells: 3, depth: 3),
    EfficientDetSize(
      id: "efficientdet-lite1", backbone: 1, side: 384, channels: 88, cells: 4, depth: 3),
    EfficientDetSize(
      id: "efficientdet-lite2", backbone: 2, side: 448, channels: 112, cells: 5, depth: 3),
    EfficientDetSize(
      id: "efficientdet-lite3", backbone: 3, side: 512, channels: 160, cells: 6, depth: 4),
    EfficientDetSize(
      id: "efficientdet-lite3x", backbone: 3, side: 640, channels: 200, cells: 6, depth: 4),
    EfficientDetSize(
      id: "efficientdet-lite4", backbone: 4, side: 640, channels: 224, cells: 7, depth: 4),
  ]
}

extension GraphBuilder {
  mutating func efficientDet(_ size: EfficientDetSize) {
    let stages = invertedResidualFeatures(InvertedStage.efficientNetLite(size.backbone), side: size.side)
    var levels = [stages[2].output, stages[4].output, stages[6].output]
    let top = conv2d(levels[2], filters: size.channels, kernel: .one, name: "pyramid/6")
    levels.append(maxPool(top, window: .square(3), strides: .square(2), padding: .same))
    levels.append(maxPool(levels[3], window: .square(3), strides: .square(2), padding: .same))
    for cell in 0..<size.cells { levels = pyramidCell(levels, size.channels, name: "cell\(cell + 1)") }
    detectionHeads(levels, size)
  }

  /// From coarse to fine and back: five levels, each of half the side of the one before.
  private mutating func pyramidCell(_ inputs: [TensorID], _ channels: Int, name: String) -> [TensorID] {
    var down = inputs
    for level in (0..<inputs.count - 1).reversed() {
      let fine = fitted(inputs[level], channels, name: "\(name)/down\(level)")
      let side = Size2D(height: shape(of: fine)[1], width: shape(of: fine)[2])
      let coarse =
        level == inputs.count - 2 ? fitted(inputs[level + 1], channels, name: name) : down[level + 1]
      down[level] = merged([fine, resize(coarse, to: side, method: .nearest)], name: "\(name)/down\(level)")
    }
    var up = down
    for level in 1..<inputs.count {
      var parts = [fitted(inputs[level], channels, name: "\(name)/up\(level)")]
      if level < inputs.count - 1 { parts.append(down[level]) }
      parts.append(maxPool(up[level - 1], window: .square(3), strides: .square(2), padding: .same))
      up[level] = merged(parts, name: "\(name)/up\(level)")
    }
    return up
  }

  private mutating func fitted(_ x: TensorID, _ channels: Int, name: String) -> TensorID {
    shape(of: x)[3] == channels ? x : conv2d(x, filters: channels, kernel: .one, name: "\(name)/fit")
  }

  private mutating func merged(_ parts: [TensorID], name: String) -> TensorID {
    var sum = parts[0]
    for part in parts.dropFirst() { sum = add(sum, part, activation: .relu6) }
    return separable(sum, filters: shape(of: sum)[3], name: name)
  }

  private mutating func separable(_ x: TensorID, filters: Int, activation: Activation = .none, name: String)
    -> TensorID
  {
    let y = depthwiseConv2d(x, kernel: .square(3), name: "\(name)/depthwise")
    return conv2d(y, filters: filters, kernel: .one, activation: activation, name: "\(name)/pointwise")
  }

  /// 9 anchors a place, 90 classes.
  private mutating func detectionHeads(_ levels: [TensorID], _ size: EfficientDetSize) {
    for (head, values) in [("class", 90), ("box", 4)] {
      let outputs = levels.enumerated().map { level, features in
        var x = features
        for layer in 0..<size.depth {
          x = separable(
            x, filters: size.channels, activation: .relu6, name: "\(head)\(level)/\(layer + 1)")
        }
        x = separable(x, filters: 9 * values, name: "\(head)\(level)/predict")
        return reshape(x, to: [1, shape(of: x)[1] * shape(of: x)[2] * 9, values])
      }
      let all = concat(outputs, axis: 1)
      output(head == "class" ? sigmoid(all) : all)
    }
  }

  /// SSD with six feature maps on MobileNetV2 at 300x300, 91 classes, predictors of 1x1.
  ///
  /// - Source: https://github.com/tensorflow/models (object_detection, ssd_mobilenet_v2_coco.config).
  mutating func ssdMobileNetV2() {
    let stages = invertedResidualFeatures(InvertedStage.mobileNetV2, side: 300)
    let head = conv2d(stages[6].output, filters: 1280, kernel: .one, activation: .relu6, name: "head")
    var maps = [stages[5].expanded, head]
    for (index, filters) in [512, 256, 256, 128].enumerated() {
      let narrow = conv2d(
        maps[maps.count - 1], filters: filters / 2, kernel: .one, activation: .relu6,
        name: "extra\(index)/narrow")
      maps.append(
        conv2d(
          narrow, filters: filters, kernel: .square(3), strides: .square(2), activation: .relu6,
          name: "extra\(index)"))
    }
    for (kind, values) in [("class", 91), ("box", 4)] {
      let outputs = maps.enumerated().map { index, map in
        let anchors = index == 0 ? 3 : 6
        let x = conv2d(map, filters: anchors * values, kernel: .one, name: "\(kind)\(index)")
        return reshape(x, to: [1, shape(of: x)[1] * shape(of: x)[2] * anchors, values])
      }
      let all = concat(outputs, axis: 1)
      output(kind == "class" ? sigmoid(all) : all)
    }
  }
}
