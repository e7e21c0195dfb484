/// How an image is sampled at the places that a grid gives, x first, each from -1 to 1 over the image.
public struct GridSampling: Sendable, Hashable, Codable {
  public enum Method: UInt8, Sendable, Hashable, Codable { case linear, nearest, cubic }
  public enum Padding: UInt8, Sendable, Hashable, Codable { case zeros, border, reflection }
  public var method: Method
  public var padding: Padding
  /// -1 and 1 are the centres of the outermost pixels, not their edges.
  public var alignsCorners: Bool
  public init(method: Method, padding: Padding, alignsCorners: Bool) {
    self.method = method
    self.padding = padding
    self.alignsCorners = alignsCorners
  }
}

/// Boxes of an image, each resampled to one size.
///
/// - Source: He et al., arXiv:1703.06870, section 3, "RoIAlign".
public struct RegionAlignment: Sendable, Hashable, Codable {
  public var size: Size2D
  /// Along each axis of a cell; 0: as many as pixels.
  public var samples: Int
  /// The largest sample of a cell instead of their average.
  public var isMaximum: Bool
  /// Moves boxes by half a pixel.
  public var hasHalfPixel: Bool
  /// From the boxes' units to pixels.
  public var scale: Float
  public init(size: Size2D, samples: Int, isMaximum: Bool, hasHalfPixel: Bool, scale: Float) {
    self.size = size
    self.samples = samples
    self.isMaximum = isMaximum
    self.hasHalfPixel = hasHalfPixel
    self.scale = scale
  }
}

/// Of boxes that overlap, the ones with the best scores, class by class.
public struct NonMaxSuppression: Sendable, Hashable, Codable {
  public var mostPerClass: Int
  /// Boxes are x and y of the centre, width and height; else two corners, y before x.
  public var isCentered: Bool
  /// Intersection over union above which a box is left out.
  public var overlapThreshold: Float
  /// Scores up to it are left out.
  public var scoreThreshold: Float?
  public init(mostPerClass: Int, isCentered: Bool, overlapThreshold: Float, scoreThreshold: Float?) {
    self.mostPerClass = mostPerClass
    self.isCentered = isCentered
    self.overlapThreshold = overlapThreshold
    self.scoreThreshold = scoreThreshold
  }

  /// The most boxes that can be left.
  public func capacity(batch: Int, classes: Int, boxes: Int) -> Int? {
    Shape([batch, classes, min(mostPerClass, boxes)]).elementCount
  }
}

/// A discrete Fourier transform along an axis. The last axis of x holds 1 (real) or 2 parts (complex).
public struct Fourier: Sendable, Hashable, Codable {
  public var axis: Int
  /// Of the transform: the input is cut, or continued with zeros, to it.
  public var length: Int
  public var isInverse: Bool
  /// Of the result along the axis, at most `length`.
  public var count: Int
  /// The result's parts, 1 or 2.
  public var parts: Int
  /// The input is the first half of a spectrum whose other half is its mirror image.
  public var isHalf: Bool
  public init(axis: Int, length: Int, isInverse: Bool, count: Int, parts: Int, isHalf: Bool) {
    self.axis = axis
    self.length = length
    self.isInverse = isInverse
    self.count = count
    self.parts = parts
    self.isHalf = isHalf
  }
}
