/// How integer elements stand for real numbers: `real = scale * (element - zeroPoint)`.
///
/// One scale and zero point for the whole tensor, or one for each index along `axis`.
public struct Quantization: Sendable, Hashable, Codable {
  public var scales: [Float]
  public var zeroPoints: [Int32]
  /// The axis that the scales run along; `nil` where one scale serves the whole tensor.
  public var axis: Int?

  public init(scales: [Float], zeroPoints: [Int32], axis: Int?) {
    self.scales = scales
    self.zeroPoints = zeroPoints
    self.axis = axis
  }

  public static func perTensor(scale: Float, zeroPoint: Int32) -> Quantization {
    Quantization(scales: [scale], zeroPoints: [zeroPoint], axis: nil)
  }

  /// Symmetric: every zero point is 0.
  public static func perChannel(scales: [Float], axis: Int) -> Quantization {
    Quantization(
      scales: scales, zeroPoints: Array(repeating: 0, count: scales.count), axis: axis)
  }
}
