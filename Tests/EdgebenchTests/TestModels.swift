import ModelFormats
import TestSupport

/// Models of a few operators, in the layout that converters write.
enum TestModels {
  /// A 3x3 convolution of an image of 8 x 8 x 3 into 16 channels, a global mean, a dense layer and a softmax.
  static func classifier() -> [UInt8] {
    var file = TFLiteFile()
    let x = file.tensor("image", shape: [1, 8, 8, 3])
    let kernel = file.constant("kernel", shape: [16, 3, 3, 3], spread(16 * 27))
    let bias = file.constant("bias", shape: [16], spread(16))
    let features = file.tensor("features", shape: [1, 8, 8, 16])
    // padding SAME, strides 1, fused RELU
    file.add(
      .conv2d, [x, kernel, bias], [features],
      options: (1, FlatObject([0: .int(Int8(0)), 1: .int(Int32(1)), 2: .int(Int32(1)), 3: .int(Int8(1))])))
    let axes = file.integers("axes", [1, 2])
    let mean = file.tensor("mean", shape: [1, 16])
    file.add(.mean, [features, axes], [mean], options: (27, FlatObject([0: .bool(false)])))
    let weights = file.constant("weights", shape: [10, 16], spread(160))
    let logits = file.tensor("logits", shape: [1, 10])
    file.add(.fullyConnected, [mean, weights, -1], [logits], options: (8, FlatObject()))
    let y = file.tensor("probabilities", shape: [1, 10])
    file.add(.softmax, [logits], [y], options: (9, FlatObject([0: .float(1)])))
    file.subgraphs[0].inputs = [x]
    file.subgraphs[0].outputs = [y]
    return file.bytes()
  }

  /// Spreads 4 numbers over 16 MiB, averages them again, and ends in a dense layer large enough to be compressed: small to
  /// store, large to run.
  static func hungry() -> [UInt8] {
    var file = TFLiteFile()
    let x = file.tensor("x", shape: [1, 1, 1, 4])
    let multiples = file.integers("multiples", [1, 1024, 1024, 1])
    let wide = file.tensor("wide", shape: [1, 1024, 1024, 4])
    file.add(code: 69, [x, multiples], [wide])  // TILE
    let axes = file.integers("axes", [1, 2])
    let mean = file.tensor("mean", shape: [1, 4])
    file.add(.mean, [wide, axes], [mean], options: (27, FlatObject([0: .bool(false)])))
    let weights = file.constant("weights", shape: [512, 4], spread(2048))
    let y = file.tensor("y", shape: [1, 512])
    file.add(.fullyConnected, [mean, weights, -1], [y], options: (8, FlatObject()))
    file.subgraphs[0].inputs = [x]
    file.subgraphs[0].outputs = [y]
    return file.bytes()
  }

  /// y = x + x: there is nothing in it to compress.
  static func sum() -> [UInt8] {
    var file = TFLiteFile()
    let x = file.tensor("x", shape: [1, 4])
    let y = file.tensor("y", shape: [1, 4])
    file.add(.add, [x, x], [y], options: (11, FlatObject()))
    file.subgraphs[0].inputs = [x]
    file.subgraphs[0].outputs = [y]
    return file.bytes()
  }

  /// A custom operator, which no reader knows.
  static func custom() -> [UInt8] {
    var file = TFLiteFile()
    let x = file.tensor("x", shape: [1, 4])
    let y = file.tensor("y", shape: [1, 4])
    file.add(.custom, [x], [y], customName: "TheSoundOfOneHand")
    file.subgraphs[0].inputs = [x]
    file.subgraphs[0].outputs = [y]
    return file.bytes()
  }

  /// Numbers between -1 and 1, none of them twice in a row.
  private static func spread(_ count: Int) -> [Float] { (0..<count).map { Float(($0 * 37) % 101) / 50 - 1 } }
}

extension [UInt8] {
  /// NumPy's format, version 1: an array of f32 zeros.
  static func npy(shape: [Int]) -> [UInt8] {
    let dimensions = shape.map { "\($0), " }.joined()
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(dimensions)), }\n"
    let length = header.utf8.count
    let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
    return start + Array(header.utf8) + [UInt8](repeating: 0, count: 4 * shape.reduce(1, *))
  }
}
