import Graph

extension Graph {
  /// With layers between dequantize and quantize as layers on the integers themselves.
  func fusingQuantization() -> Graph { self }
}
