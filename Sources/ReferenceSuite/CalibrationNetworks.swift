internal import Graph

/// Networks whose steps calibrate a latency model: layers of every common kind in sizes drawn from a seed, one after the other as in
/// a real network, so that activations are as warm and weights as cold as there.
enum CalibrationNetworks {
  static let all: [ReferenceModel] =
    [
      (224, 3, 1), (192, 3, 2), (160, 3, 3), (128, 3, 4), (112, 24, 5), (96, 1, 6), (96, 3, 7), (64, 16, 8),
      (56, 64, 9), (49, 1, 10), (48, 40, 11), (40, 1, 12), (32, 3, 13), (28, 128, 14), (28, 96, 15),
      (14, 320, 16),
      (14, 480, 17), (7, 640, 18),
    ].map { side, channels, seed in images(side: side, channels: channels, seed: UInt64(seed)) }
    + [(16, 96, 96, 1), (49, 40, 160, 2), (128, 128, 320, 3), (197, 192, 384, 4), (64, 256, 1024, 5)].map {
      tokens, width, hidden, seed in
      sequence(tokens: tokens, width: width, hidden: hidden)
    } + [vectors]

  /// A few blocks at each of falling sizes.
  private static func images(side: Int, channels: Int, seed: UInt64) -> ReferenceModel {
    ReferenceModel(
      id: "calibration-images-\(side)x\(side)x\(channels)-\(seed)", name: "Image layers", task: "calibration",
      source: "sizes drawn from seed \(seed)"
    ) { b in
      var draw = SplitMix64(seed: seed &* 0x9E37_79B9)
      var x = b.input("image", shape: [1, side, side, channels])
      // Arithmetic is bounded, so that a network takes milliseconds.
      var budget = 60_000_000
      for index in 0..<30 where budget > 0 {
        x = b.block(x, &draw, &budget, name: "block\(index)")
      }
      let channels = b.shape(of: x)[3]
      x = b.globalAveragePool(x, name: "pool")
      x = b.dense(x, units: draw.pick([10, 100, 256, channels]), activation: .relu, name: "head")
      b.output(b.softmax(b.dense(x, units: draw.pick([2, 12, 1000]), name: "logits"), name: "probabilities"))
    }
  }

  /// Two layers of a transformer, and activations of the whole.
  private static func sequence(tokens: Int, width: Int, hidden: Int) -> ReferenceModel {
    ReferenceModel(
      id: "calibration-sequence-\(tokens)x\(width)x\(hidden)", name: "Sequence layers", task: "calibration",
      source: "layers of a transformer"
    ) { b in
      var x = b.input("tokens", shape: [1, tokens, width])
      for layer in 0..<2 {
        let name = "layer\(layer)"
        let query = b.dense(x, units: width, useBias: false, name: "\(name)/query")
        let key = b.dense(x, units: width, useBias: false, name: "\(name)/key")
        let value = b.dense(x, units: width, useBias: false, name: "\(name)/value")
        let scores = b.matMul(query, key, transposeB: true, name: "\(name)/scores")
        let scale = b.constant("\(name)/scale", shape: [1], [0.125])
        let weights = b.softmax(b.multiply(scores, scale, name: "\(name)/scaled"), name: "\(name)/weights")
        let mixed = b.matMul(weights, value, name: "\(name)/mixed")
        let attended = b.dense(mixed, units: width, name: "\(name)/out")
        x = b.layerNorm(b.add(x, attended, name: "\(name)/add1"), name: "\(name)/norm1")
        var inner = b.dense(x, units: hidden, name: "\(name)/mlp1")
        inner = layer == 0 ? b.gelu(inner, name: "\(name)/gelu") : b.tanh(inner, name: "\(name)/tanh")
        x = b.add(x, b.dense(inner, units: width, name: "\(name)/mlp2"), name: "\(name)/add2")
        x = b.layerNorm(x, name: "\(name)/norm2")
      }
      let first = b.slice(x, begin: [0, 0, 0], counts: [1, 1, width], name: "first")
      b.output(b.dense(b.reshape(first, to: [1, width], name: "flat"), units: 35, name: "logits"))
    }
  }

  /// Products with one vector, as in auto-encoders and classifiers.
  private static let vectors = ReferenceModel(
    id: "calibration-vectors", name: "Vector layers", task: "calibration", source: "widths of known networks"
  ) { b in
    var x = b.input("x", shape: [1, 640])
    for (index, units) in [128, 128, 8, 128, 512, 1280, 1000, 64, 256, 960, 240, 32, 1536, 96, 16, 640]
      .enumerated()
    {
      x = b.dense(x, units: units, activation: index % 2 == 0 ? .relu : .none, name: "dense\(index)")
      if index % 4 == 3 { x = b.sigmoid(x, name: "sigmoid\(index)") }
    }
    b.output(b.softmax(x, name: "probabilities"))
  }
}

extension SplitMix64 {
  fileprivate mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
    choices[Int(next() % UInt64(choices.count))]
  }
}

extension GraphBuilder {
  private static let widths = [
    8, 12, 16, 20, 24, 32, 40, 48, 56, 64, 72, 80, 96, 112, 128, 144, 160, 192, 240, 256, 288, 320, 384, 480,
    512,
    576, 672, 768, 960, 1024, 1152, 1280,
  ]

  /// One block of a kind drawn by chance; `budget` in multiply-accumulates.
  fileprivate mutating func block(
    _ x: TensorID, _ draw: inout SplitMix64, _ budget: inout Int, name: String
  ) -> TensorID {
    let (side, channels) = (shape(of: x)[1], shape(of: x)[3])
    let pixels = side * side
    let activation = draw.pick([Activation.relu, .relu6, .none])
    /// Channels that a layer of `depth` products an output can afford, about as many as there are.
    func filters(_ depth: Int, growth: Int = 4) -> Int {
      let most = max(8, min(channels * growth, budget / 4 / max(1, pixels * depth)))
      let fitting = Self.widths.filter { $0 <= most && $0 * 4 >= channels }
      return draw.pick(fitting.isEmpty ? [8] : fitting)
    }
    func spend(_ macs: Int) { budget -= macs + 200_000 }
    let stride = side >= 12 && draw.pick([true, false, false]) ? 2 : 1
    let kind = channels < 4 ? 4 : Int(draw.next() % 20)
    switch kind {
    case 0, 1, 2, 3:
      let filters = filters(channels)
      spend(pixels * channels * filters)
      return conv2d(x, filters: filters, kernel: .one, activation: activation, name: name)
    case 4, 5, 16, 17, 18:
      let kernel = channels < 4 ? draw.pick([3, 3, 5, 7]) : 3
      let filters = channels < 4 ? draw.pick([8, 16, 24, 32, 64]) : filters(9 * channels, growth: 2)
      let stride = side >= 96 ? 2 : stride
      spend(pixels * channels * filters * kernel * kernel / stride / stride)
      return conv2d(
        x, filters: filters, kernel: .square(kernel), strides: .square(stride), activation: activation,
        name: name)
    case 6, 7, 8, 9:
      let kernel = draw.pick([3, 3, 5])
      spend(pixels * channels * kernel * kernel)
      return depthwiseConv2d(
        x, kernel: .square(kernel), strides: .square(stride), activation: activation, name: name)
    case 10:
      let y = conv2d(x, filters: channels, kernel: .one, activation: .none, name: name)
      spend(pixels * channels * channels)
      return add(x, y, activation: draw.pick([.relu, .none]), name: "\(name)/add")
    case 11:
      spend(channels * channels / 2)
      let squeezed = reduce(.mean, x, axes: [1, 2], keepsDimensions: true, name: "\(name)/squeeze")
      let inner = conv2d(
        squeezed, filters: max(8, channels / 4), kernel: .one, activation: .relu, name: "\(name)/reduce")
      let scale = conv2d(inner, filters: channels, kernel: .one, name: "\(name)/expand")
      return multiply(
        x, unary(.hardSigmoid(alpha: 1 / 6, beta: 0.5), scale, name: "\(name)/gate"), name: "\(name)/scale")
    case 12:
      spend(0)
      let functions = [Unary.hardSwish, .sigmoid, .silu, .tanh, .relu, .leakyRelu(alpha: 0.1)]
      return unary(draw.pick(functions), x, name: name)
    case 13:
      guard side >= 8 else { return relu(x, name: name) }
      spend(pixels * channels)
      return draw.pick([true, false])
        ? maxPool(x, window: .square(draw.pick([2, 3])), strides: .square(2), name: name)
        : averagePool(x, window: .square(2), strides: .square(2), name: name)
    case 14:
      let half = max(8, channels / 2)
      spend(2 * pixels * channels * half)
      let a = conv2d(x, filters: half, kernel: .one, activation: .relu, name: "\(name)/left")
      let c = conv2d(
        a, filters: half, kernel: .square(budget > pixels * half * half * 9 ? 3 : 1), activation: .relu,
        name: "\(name)/right")
      return concat([a, c], axis: 3, name: name)
    case 19:
      guard (4...64).contains(side) else { return relu(x, name: name) }
      let filters = draw.pick([2, 8, 16, 32])
      spend(16 * pixels * channels * filters)
      return transposeConv2d(
        x, filters: filters, kernel: .square(draw.pick([2, 3, 4])), strides: .square(2), name: name)
    default:
      guard side >= 3 else { return relu(x, name: name) }
      if side <= 28, channels <= 128, draw.pick([true, false]) {
        spend(8 * pixels * channels)
        return resize(x, to: .square(2 * side), name: name)
      }
      spend(pixels * channels)
      let padded = pad(x, Padding2D(top: 0, left: 0, bottom: 1, right: 1), name: "\(name)/pad")
      return depthwiseConv2d(
        padded, kernel: .square(3), strides: .square(side >= 12 ? 2 : 1), padding: .valid,
        activation: activation, name: name)
    }
  }
}
