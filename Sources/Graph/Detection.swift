/// The last step of a single-shot detector: boxes from anchors, then the best that do not overlap each other.
///
/// Encodings and anchors are (y, x, height, width). Each row of the result is top, left, bottom, right, class and score,
/// zeros where there is none; the last row begins with how many boxes there are.
public struct Detection: Sendable, Hashable, Codable {
  /// Of the columns of scores, the last so many are classes; a background may come before.
  public var classes: Int
  public var detections: Int
  public var classesPerDetection: Int
  /// How many boxes a class keeps, where each is judged on its own; `nil` judges boxes by their best class.
  public var detectionsPerClass: Int?
  public var scoreThreshold: Float
  /// Intersection over union beyond which the worse box goes.
  public var overlapThreshold: Float
  /// What the encodings are divided by: y, x, height, width.
  public var scales: [Float]

  public init(
    classes: Int, detections: Int, classesPerDetection: Int, detectionsPerClass: Int?, scoreThreshold: Float,
    overlapThreshold: Float, scales: [Float]
  ) {
    self.classes = classes
    self.detections = detections
    self.classesPerDetection = classesPerDetection
    self.detectionsPerClass = detectionsPerClass
    self.scoreThreshold = scoreThreshold
    self.overlapThreshold = overlapThreshold
    self.scales = scales
  }
}
