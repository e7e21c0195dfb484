/// Extents along depth, height and width.
public struct Size3D: Sendable, Hashable, Codable {
  public var depth: Int
  public var height: Int
  public var width: Int
  public init(depth: Int, height: Int, width: Int) {
    self.depth = depth
    self.height = height
    self.width = width
  }
  /// One to three extents, the last the width; those that are missing are `missing`.
  public init(_ extents: [Int], missing: Int = 1) {
    let padded = Array(repeating: missing, count: max(0, 3 - extents.count)) + extents
    self.init(depth: padded[0], height: padded[1], width: padded[2])
  }
  public var extents: [Int] { [depth, height, width] }
  public static let one = Size3D(depth: 1, height: 1, width: 1)
  public static let zero = Size3D(depth: 0, height: 0, width: 0)
}

/// A window that slides over an image of up to three dimensions.
public struct Window3D: Sendable, Hashable, Codable {
  public var size: Size3D
  public var strides: Size3D
  public var dilations: Size3D
  /// Padding before the image and after it.
  public var before: Size3D
  public var after: Size3D

  public init(
    size: Size3D, strides: Size3D = .one, dilations: Size3D = .one, before: Size3D = .zero,
    after: Size3D = .zero
  ) {
    self.size = size
    self.strides = strides
    self.dilations = dilations
    self.before = before
    self.after = after
  }
}

/// Pooling in up to three dimensions, with dilations, with the places of maxima, or by a norm.
public struct WindowReduction: Sendable, Hashable, Codable {
  public enum Kind: Sendable, Hashable, Codable {
    case maximum
    /// Where each window's maximum is, counted over `[N, C, D, H, W]`; column-major counts the width slowest.
    case placeOfMaximum(isColumnMajor: Bool)
    /// Padding counts as elements where asked for; what lies beyond it never does.
    case average(countsPadding: Bool)
    /// (sum of |x|^p)^(1/p)
    case norm(Float)

    /// Whether the result is a place, not a value.
    public var isPlace: Bool {
      if case .placeOfMaximum = self { true } else { false }
    }
  }
  public var kind: Kind
  public var window: Window3D
  public init(_ kind: Kind, _ window: Window3D) {
    self.kind = kind
    self.window = window
  }
}

/// A convolution in three dimensions, or a transposed one.
public struct Convolution3D: Sendable, Hashable, Codable {
  public var window: Window3D
  public var groups: Int
  public var isTransposed: Bool
  public init(_ window: Window3D, groups: Int = 1, isTransposed: Bool = false) {
    self.window = window
    self.groups = groups
    self.isTransposed = isTransposed
  }
}

extension Window3D {
  /// The window of a convolution in two dimensions.
  public init(_ convolution: Convolution, taps: Size2D) {
    self.init(
      size: Size3D([taps.height, taps.width]),
      strides: Size3D([convolution.strides.height, convolution.strides.width]),
      dilations: Size3D([convolution.dilations.height, convolution.dilations.width]),
      before: Size3D([convolution.padding.top, convolution.padding.left], missing: 0),
      // Less than none, as of a transposed convolution, is for its result's shape to say.
      after: Size3D([max(0, convolution.padding.bottom), max(0, convolution.padding.right)], missing: 0))
  }
}
