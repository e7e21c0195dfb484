public import Graph

/// Inputs of one model, with their classes where these are known.
public struct Dataset: Sendable {
  /// For records and messages: the folder's name.
  public let name: String
  /// Of one sample, without the batch: `[height, width, channels]` of an image.
  public let sampleShape: Shape
  /// All samples, one after the other.
  public let values: [Float]
  /// The class of each sample, counted from 0; `nil` where there are no labels.
  public let labels: [Int]?
  /// One name a class: the folder's, or the number.
  public let classNames: [String]

  public var count: Int { sampleSize == 0 ? 0 : values.count / sampleSize }
  public var sampleSize: Int { sampleShape.elementCount ?? 0 }

  /// - Parameters:
  ///   - values: `count` samples of `sampleShape`.
  ///   - classNames: Empty for as many classes as the labels need, named by their numbers.
  /// - Throws: ``DatasetError`` for no samples, numbers that are not finite, labels that are not one a sample or not
  ///   those of a class, and a class without a sample.
  public init(
    name: String, sampleShape: Shape, values: [Float], labels: [Int]?, classNames: [String] = []
  ) throws(DatasetError) {
    self.name = name
    self.sampleShape = sampleShape
    self.values = values
    self.labels = labels
    let size = sampleShape.elementCount ?? 0
    guard size > 0, !values.isEmpty, values.count % size == 0 else {
      throw DatasetError(name, "\(values.count) numbers", expected: "one or more samples of \(sampleShape)")
    }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw DatasetError(
        name, "sample \(index / size) has a NaN or infinity", expected: "finite numbers")
    }
    guard let labels else {
      self.classNames = classNames
      return
    }
    guard labels.count == values.count / size else {
      throw DatasetError(
        name, "\(labels.count) labels for \(values.count / size) samples", expected: "one label a sample")
    }
    let classes = classNames.isEmpty ? Self.classCount(labels) : classNames.count
    if let index = labels.firstIndex(where: { $0 < 0 || $0 >= classes }) {
      throw DatasetError(
        name, "sample \(index) has label \(labels[index])", expected: "0 to \(max(0, classes - 1))")
    }
    self.classNames = classNames.isEmpty ? (0..<classes).map(String.init) : classNames
    let present = Set(labels)
    if let missing = (0..<classes).first(where: { !present.contains($0) }) {
      throw DatasetError(
        name, "no sample of class '\(self.classNames[missing])'",
        expected: "samples of all \(classes) classes")
    }
  }

  /// More classes than this are a label gone wrong, not a task.
  static let mostClasses = 100_000

  private static func classCount(_ labels: [Int]) -> Int {
    // A label out of range must not make an array of its size.
    min((labels.max() ?? -1), mostClasses - 1) + 1
  }

  /// The samples at `indices`, one after the other.
  public func values(at indices: some Sequence<Int>) -> [Float] {
    var result: [Float] = []
    for index in indices { result += values[index * sampleSize..<(index + 1) * sampleSize] }
    return result
  }

  /// One sample as a model's input.
  public func input(_ index: Int) -> TensorData { TensorData(values(at: [index])) }
}
