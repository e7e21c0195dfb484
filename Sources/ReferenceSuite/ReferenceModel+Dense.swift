internal import Graph

extension ReferenceModel {
  public static let squeezeNet = ReferenceModel(
    id: "squeezenet-1.1", name: "SqueezeNet 1.1", task: "image classification",
    source: "https://github.com/forresti/SqueezeNet (SqueezeNet_v1.1); Iandola et al., arXiv:1602.07360"
  ) { b in
    var x = b.input("image", shape: [1, 224, 224, 3])
    x = b.conv2d(
      x, filters: 64, kernel: .square(3), strides: .square(2), padding: .valid, activation: .relu,
      name: "stem")
    let stages: [[(squeeze: Int, expand: Int)]] = [
      [(16, 64), (16, 64)], [(32, 128), (32, 128)], [(48, 192), (48, 192), (64, 256), (64, 256)],
    ]
    var fire = 2
    for stage in stages {
      x = b.maxPool(x, window: .square(3), strides: .square(2), name: "pool\(fire - 1)")
      for (squeeze, expand) in stage {
        let squeezed = b.conv2d(
          x, filters: squeeze, kernel: .one, activation: .relu, name: "fire\(fire)/squeeze")
        let narrow = b.conv2d(
          squeezed, filters: expand, kernel: .one, activation: .relu, name: "fire\(fire)/expand1x1")
        let wide = b.conv2d(
          squeezed, filters: expand, kernel: .square(3), activation: .relu, name: "fire\(fire)/expand3x3")
        x = b.concat([narrow, wide], axis: 3, name: "fire\(fire)/concat")
        fire += 1
      }
    }
    x = b.conv2d(x, filters: 1000, kernel: .one, activation: .relu, name: "conv10")
    b.output(b.softmax(b.globalAveragePool(x), name: "probabilities"))
  }

  public static let resNet18 = ReferenceModel(
    id: "resnet-18", name: "ResNet-18", task: "image classification",
    source: "He et al., arXiv:1512.03385, table 1"
  ) { b in
    func around(_ count: Int) -> GraphBuilder.Padding {
      .explicit(Padding2D(top: count, left: count, bottom: count, right: count))
    }
    var x = b.input("image", shape: [1, 224, 224, 3])
    x = b.conv2d(
      x, filters: 64, kernel: .square(7), strides: .square(2), padding: around(3), activation: .relu,
      name: "stem")
    x = b.maxPool(x, window: .square(3), strides: .square(2), padding: around(1), name: "pool1")
    for (stage, filters) in [64, 128, 256, 512].enumerated() {
      for block in 1...2 {
        let name = "stage\(stage + 1)/block\(block)"
        let strides = Size2D.square(stage > 0 && block == 1 ? 2 : 1)
        var y = b.conv2d(
          x, filters: filters, kernel: .square(3), strides: strides, padding: around(1), activation: .relu,
          name: "\(name)/conv1")
        y = b.conv2d(y, filters: filters, kernel: .square(3), padding: around(1), name: "\(name)/conv2")
        if strides != .one {
          x = b.conv2d(x, filters: filters, kernel: .one, strides: strides, name: "\(name)/shortcut")
        }
        x = b.add(x, y, activation: .relu, name: "\(name)/add")
      }
    }
    b.classify(x, classes: 1000)
  }
}
