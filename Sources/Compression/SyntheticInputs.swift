public import Graph

extension Graph {
  /// Made-up inputs for when no data is at hand: real numbers uniform in -1 to 1, integers 0 or 1.
  ///
  /// They exercise every layer, but say nothing of the task: ranges calibrated on them can be far from those of data.
  public func syntheticInputs(count: Int, seed: UInt64) -> [[TensorData]] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in inputs.map { self[$0].synthetic(&random) } }
  }
}

extension Tensor {
  fileprivate func synthetic(_ random: inout SplitMix64) -> TensorData {
    let count = shape.elementCount ?? 0
    switch elementType {
    case .f32: return TensorData((0..<count).map { _ in random.uniform(within: 1) })
    case .f64: return TensorData((0..<count).map { _ in Double(random.uniform(within: 1)) })
    default:
      // The lowest byte of each element is 0 or 1, whatever the width; an f16 is a subnormal, next to 0.
      let width = max(1, elementType.bitWidth / 8)
      var bytes = [UInt8](repeating: 0, count: elementType.byteCount(elements: count) ?? 0)
      for index in stride(from: 0, to: bytes.count, by: width) { bytes[index] = UInt8(random.next() & 1) }
      return TensorData(bytes)
    }
  }
}
