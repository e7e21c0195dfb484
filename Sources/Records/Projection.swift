public import Statistics

/// A latency computed from the model's operators and the profile's coefficients: never measured.
public struct Projection: Codable, Sendable, Equatable {
  /// `nil` where a figure of the profile is missing; `missing` says which.
  public var latency: Band?
  /// One plain sentence a figure that the projection needed and nobody published.
  public var missing: [String]

  public init(latency: Band?, missing: [String] = []) {
    self.latency = latency
    self.missing = missing
  }

  enum CodingKeys: String, CodingKey {
    case latency = "latency_ns"
    case missing
  }

  /// What a reader must know of the band: docs/latency-model.md counts it, and the latency model's tests hold it to that.
  public static let bandCaveat =
    "A projection is of the median; its band is meant to hold 90 % and held 84 % of 45 published medians."

  /// Nanoseconds of one inference: the middle, and the band that is meant to hold the device's median 90 times in 100.
  public struct Band: Codable, Sendable, Equatable {
    public var median: Double
    public var band90: Interval

    public init(median: Double, band90: Interval) {
      self.median = median
      self.band90 = band90
    }

    /// - Returns: `nil` unless `lower <= upper` and all are finite.
    public init?(median: Double, lower: Double, upper: Double) {
      guard median.isFinite, let band = Interval(lower, upper) else { return nil }
      self.init(median: median, band90: band)
    }
  }
}
