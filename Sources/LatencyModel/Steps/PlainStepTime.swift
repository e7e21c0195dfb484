internal import Graph

/// Nanoseconds of a kernel's calls as a sum of what they do, with factors that are not negative: its start, products, sums, and bytes
/// read, written and read as constants.
struct PlainStepTime {
  private var factors: [Double]

  /// The least squares of relative errors.
  init(_ calls: [KernelCall], _ times: [Double]) {
    let rows = zip(calls, times).map { call, time in Self.terms(of: call).map { $0 / max(1, time) } }
    factors = Self.nonNegativeLeastSquares(rows)
  }

  /// - Returns: At least 1.
  func nanoseconds(of call: KernelCall) -> Double {
    max(1, zip(factors, Self.terms(of: call)).reduce(0) { $0 + $1.0 * $1.1 })
  }

  private static func terms(of call: KernelCall) -> [Double] {
    let channels = Double(max(1, call.sizes.count > 2 ? call.sizes[2] : call.sizes[0]))
    return [
      1, Double(call.macs), Double(call.macs) / channels, Double(call.readBytes), Double(call.writtenBytes),
      Double(call.constantBytes),
    ]
  }

  /// Factors f >= 0 with the least sum of (row * f - 1)^2, by coordinate descent.
  static func nonNegativeLeastSquares(_ rows: [[Double]]) -> [Double] {
    let count = rows.first?.count ?? 0
    var products = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    var sums = [Double](repeating: 0, count: count)
    for row in rows {
      for i in 0..<count {
        sums[i] += row[i]
        for j in 0..<count { products[i][j] += row[i] * row[j] }
      }
    }
    var factors = [Double](repeating: 0, count: count)
    for _ in 0..<2000 {
      for i in 0..<count where products[i][i] > 0 {
        var rest = sums[i]
        for j in 0..<count where j != i { rest -= products[i][j] * factors[j] }
        factors[i] = max(0, rest / products[i][i])
      }
    }
    return factors
  }
}
