import ModelFormats

/// ncnn networks of a few layers each.
enum NcnnSamples {
  /// A structure as text: convolution with a clip, pooling, permutation, classifier.
  static let text = Array(
    """
    7767517
    6 6
    Input d 0 1 d 0=8 1=8 2=3
    Convolution c 1 1 d e 0=4 1=3 4=1 5=1 6=108 9=3 -23310=2,0.0,6.0
    Pooling p 1 1 e f 0=1 1=2 2=2
    Permute q 1 1 f g 0=3
    Reshape r 1 1 g h 0=-1
    InnerProduct i 1 1 h o 0=2 1=1 2=128
    """.utf8)

  /// The weights of ``text``: a convolution's and a classifier's, each behind the tag of 32-bit floats, and biases.
  static let weights: [UInt8] = {
    let numbers =
      [UInt32(0)] + [UInt32](repeating: 0x3d80_0000, count: 108 + 4) + [0]
      + [UInt32](repeating: 0x3d00_0000, count: 128 + 2)
    return littleEndian(numbers)
  }()

  /// A structure in ncnn's binary form: an input, a convolution with a clip, a ReLU.
  static let binary: [UInt8] = {
    let words: [Int32] = [
      7_767_517, 3, 3, 16, 0, 1, 0, 0, 8, 1, 8, 2, 3, -233, 6, 1, 1, 0, 1, 0, 4, 1, 3, 6, 108, -23310, 2, 0,
      0, -233, 26,
      1, 1, 1, 2, -233,
    ]
    return littleEndian(words)
  }()
}
