import Foundation

/// The learning rate over a training.
public struct Schedule: Sendable, Hashable, Codable {
  public enum Shape: String, Sendable, Hashable, Codable {
    case constant
    /// From the peak to 0 along half a cosine (Loshchilov and Hutter, arXiv:1608.03983, without restarts).
    case cosine
    /// From the peak to 0 in a line.
    case linear
    /// A tenth after half of the training, a hundredth after three quarters.
    case steps
  }

  public var peak: Float
  public var shape: Shape
  /// The share of the training over which the rate rises from 0 to the peak.
  public var warmUp: Float

  public init(peak: Float, shape: Shape = .cosine, warmUp: Float = 0.05) {
    self.peak = peak
    self.shape = shape
    self.warmUp = warmUp
  }

  /// - Parameter step: From 1 to `total`.
  public func rate(step: Int, of total: Int) -> Float {
    let done = Float(step) / Float(max(1, total))
    if done < warmUp { return peak * done / warmUp }
    let rest = (done - warmUp) / max(1e-6, 1 - warmUp)
    switch shape {
    case .constant: return peak
    case .cosine: return peak * Float(0.5 * (1 + cos(Double(rest) * .pi)))
    case .linear: return peak * (1 - rest)
    case .steps: return rest < 0.5 ? peak : rest < 0.75 ? peak / 10 : peak / 100
    }
  }
}
