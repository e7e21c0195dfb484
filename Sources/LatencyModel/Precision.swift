/// The type of number that products are computed in.
public enum Precision: String, Sendable, Hashable, Codable, CaseIterable {
  case f32, f16, int8

  /// Bytes that an f32 operand takes when it is stored in this precision.
  var bytesPerElement: Double {
    switch self {
    case .f32: 4
    case .f16: 2
    case .int8: 1
    }
  }
}
