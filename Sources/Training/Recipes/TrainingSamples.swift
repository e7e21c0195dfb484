public import Datasets
public import Graph

/// What a model learns from: inputs and classes, one after the other.
public struct TrainingSamples: Sendable {
  public let inputs: [Float]
  public let labels: [Int]?
  public let sampleShape: Shape

  public var count: Int { inputs.count / max(1, sampleSize) }
  var sampleSize: Int { sampleShape.elementCount ?? 0 }

  /// The samples of `dataset` at `indices`.
  public init(_ dataset: Dataset, at indices: [Int]) {
    inputs = dataset.values(at: indices)
    labels = dataset.labels.map { labels in indices.map { labels[$0] } }
    sampleShape = dataset.sampleShape
  }

  private init(inputs: [Float], labels: [Int]?, sampleShape: Shape) {
    self.inputs = inputs
    self.labels = labels
    self.sampleShape = sampleShape
  }

  public func input(_ index: Int) -> [Float] { Array(inputs[index * sampleSize..<(index + 1) * sampleSize]) }

  /// All images, and each again moved by a pixel up, down, left and right, with zeros moved in: five times as many.
  ///
  /// - Precondition: Samples are `[height, width, channels]`.
  public func withShifts() -> TrainingSamples {
    let (height, width, channels) = (sampleShape[0], sampleShape[1], sampleShape[2])
    var moved = inputs
    for (rows, columns) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
      for sample in 0..<count {
        for y in 0..<height {
          for x in 0..<width {
            let (fromY, fromX) = (y + rows, x + columns)
            let isInside = (0..<height).contains(fromY) && (0..<width).contains(fromX)
            let start = sample * sampleSize + (fromY * width + fromX) * channels
            moved += isInside ? inputs[start..<start + channels] : ArraySlice(repeating: 0, count: channels)
          }
        }
      }
    }
    return TrainingSamples(
      inputs: moved, labels: labels.map { labels in Array((0..<5).map { _ in labels }.joined()) },
      sampleShape: sampleShape)
  }
}
