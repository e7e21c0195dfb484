import CReferenceData
import Graph
import ModelFormats

/// Networks for the handwritten digits that the program brings along, with weights trained on them
/// (`make train-reference`): the suite's models whose answers mean something.
extension ReferenceModel {
  private static let source = "this project; trained on the UCI handwritten digits (CC BY 4.0)"

  /// Four convolutions and two fully connected layers: 82 k weights.
  public static let digitsTeacher = ReferenceModel(
    id: "digits-teacher", name: "Digits, teacher", task: "handwritten digits", source: source,
    trained: bytes(eb_digits_teacher())
  ) { b in
    var x = b.input("image", shape: [1, 8, 8, 1])
    x = b.conv2d(x, filters: 32, kernel: .square(3), activation: .relu, name: "conv1")
    x = b.conv2d(x, filters: 32, kernel: .square(3), activation: .relu, name: "conv2")
    x = b.maxPool(x, window: .square(2), name: "pool1")
    x = b.conv2d(x, filters: 64, kernel: .square(3), activation: .relu, name: "conv3")
    x = b.conv2d(x, filters: 64, kernel: .square(3), activation: .relu, name: "conv4")
    x = b.maxPool(x, window: .square(2), name: "pool2")
    x = b.dense(b.flatten(x), units: 64, activation: .relu, name: "features")
    b.output(b.softmax(b.dense(x, units: 10, name: "logits"), name: "probabilities"))
  }

  /// Two convolutions and a fully connected layer: 1.3 k weights.
  public static let digitsStudent = ReferenceModel(
    id: "digits-student", name: "Digits, student", task: "handwritten digits", source: source,
    trained: bytes(eb_digits_student())
  ) { b in
    var x = b.input("image", shape: [1, 8, 8, 1])
    x = b.conv2d(x, filters: 6, kernel: .square(3), activation: .relu, name: "conv1")
    x = b.maxPool(x, window: .square(2), name: "pool1")
    x = b.conv2d(x, filters: 12, kernel: .square(3), activation: .relu, name: "conv2")
    x = b.maxPool(x, window: .square(2), name: "pool2")
    b.output(b.softmax(b.dense(b.flatten(x), units: 10, name: "logits"), name: "probabilities"))
  }

  private static func bytes(_ file: eb_reference_file) -> [UInt8] {
    Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
  }
}
