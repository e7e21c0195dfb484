internal import Graph

/// Single operators, each in sizes that a real network has; f16-weight and int8 forms are made from these as of
/// any other model.
enum KernelSuite {
  static let all: [ReferenceModel] = pointwise + dense3x3 + depthwise + fullyConnected + matMul + others

  /// GEMM: 1x1 convolutions, M = height * width, K and N the channels.
  private static let pointwise: [ReferenceModel] = [(56, 24, 144), (14, 512, 512), (7, 1024, 1024)].map {
    (side: Int, depth: Int, filters: Int) in
    kernel("gemm-\(side * side)x\(depth)x\(filters)", "GEMM (1x1 convolution)", [1, side, side, depth]) {
      b, x in
      b.conv2d(x, filters: filters, kernel: .one, name: "gemm")
    }
  }

  private static let dense3x3: [ReferenceModel] = [(224, 3, 32, 2), (56, 64, 64, 1), (14, 256, 256, 1)].map {
    (side: Int, depth: Int, filters: Int, stride: Int) in
    kernel(
      "conv3x3-\(side)x\(side)x\(depth)x\(filters)-s\(stride)", "Convolution 3x3, stride \(stride)",
      [1, side, side, depth]
    ) { b, x in
      b.conv2d(
        x, filters: filters, kernel: .square(3), strides: .square(stride), activation: .relu, name: "conv")
    }
  }

  private static let depthwise: [ReferenceModel] = [
    (112, 32, 3, 1), (56, 128, 3, 2), (14, 512, 3, 1), (14, 672, 5, 1),
  ].map {
    (side: Int, channels: Int, window: Int, stride: Int) in
    kernel(
      "depthwise\(window)x\(window)-\(side)x\(side)x\(channels)-s\(stride)",
      "Depthwise \(window)x\(window), stride \(stride)", [1, side, side, channels]
    ) { b, x in
      b.depthwiseConv2d(
        x, kernel: .square(window), strides: .square(stride), activation: .relu6, name: "depthwise")
    }
  }

  private static let fullyConnected: [ReferenceModel] = [(1, 640, 128), (1, 1024, 1000), (99, 64, 256)].map {
    (rows: Int, depth: Int, units: Int) in
    kernel("fully-connected-\(rows)x\(depth)x\(units)", "Fully connected", [rows, depth]) { b, x in
      b.dense(x, units: units, name: "dense")
    }
  }

  private static let matMul: [ReferenceModel] = [
    ReferenceModel(
      id: "matmul-99x64x99", name: "Product of activations", task: "kernel", source: "attention of KWT-1"
    ) { b in
      let query = b.input("a", shape: [1, 99, 64])
      let key = b.input("b", shape: [1, 99, 64])
      b.output(b.matMul(query, key, transposeB: true, name: "matmul"))
    }
  ]

  private static let others: [ReferenceModel] = [
    kernel("max-pool3x3-112x112x64-s2", "Max pooling 3x3, stride 2", [1, 112, 112, 64]) { b, x in
      b.maxPool(x, window: .square(3), strides: .square(2), name: "pool")
    },
    kernel("average-pool2x2-28x28x128-s2", "Average pooling 2x2, stride 2", [1, 28, 28, 128]) { b, x in
      b.averagePool(x, window: .square(2), name: "pool")
    },
    kernel("global-average-pool-7x7x1024", "Global average pooling", [1, 7, 7, 1024]) { b, x in
      b.globalAveragePool(x, name: "pool")
    },
    kernel("softmax-1x1000", "Softmax", [1, 1000]) { b, x in b.softmax(x, name: "softmax") },
    kernel("softmax-99x99", "Softmax", [99, 99]) { b, x in b.softmax(x, name: "softmax") },
    kernel("hard-swish-112x112x16", "Element-wise (hard-swish)", [1, 112, 112, 16]) { b, x in
      b.hardSwish(x, name: "hard-swish")
    },
    kernel("gelu-99x256", "Element-wise (GELU)", [99, 256]) { b, x in b.gelu(x, name: "gelu") },
    ReferenceModel(
      id: "add-56x56x64", name: "Element-wise (addition)", task: "kernel", source: "residuals of ResNet-18"
    ) { b in
      let a = b.input("a", shape: [1, 56, 56, 64])
      let c = b.input("b", shape: [1, 56, 56, 64])
      b.output(b.add(a, c, activation: .relu, name: "add"))
    },
  ]

  private static func kernel(
    _ id: String, _ name: String, _ shape: Shape,
    layer: @escaping @Sendable (inout GraphBuilder, TensorID) -> TensorID
  ) -> ReferenceModel {
    ReferenceModel(id: id, name: name, task: "kernel", source: "a layer of the reference suite's networks") {
      b in
      let x = b.input("x", shape: shape)
      b.output(layer(&b, x))
    }
  }
}
