internal import Glibc

/// A dense symmetric positive definite matrix, and the systems that it makes.
struct SymmetricMatrix {
  let count: Int
  /// Row after row, both halves.
  var values: [Double]

  init(count: Int) {
    self.count = count
    values = [Double](repeating: 0, count: count * count)
  }

  /// Replaces the lower half by the Cholesky factor L, with L * L^T the matrix; `false` where it is not positive definite.
  mutating func factor() -> Bool {
    let n = count
    return values.withUnsafeMutableBufferPointer { a in
      guard let base = a.baseAddress else { return true }
      for row in 0..<n {
        for column in 0...row {
          let (left, right) = (base + row * n, base + column * n)
          var sum = a[row * n + column]
          // Eight sums at a time: one alone waits for each addition.
          var (first, second) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
          var k = 0
          while k + 8 <= column {
            first += Self.four(left + k) * Self.four(right + k)
            second += Self.four(left + k + 4) * Self.four(right + k + 4)
            k += 8
          }
          sum -= (first + second).sum()
          while k < column { sum -= left[k] * right[k]; k += 1 }
          if row == column {
            guard sum > 0, sum.isFinite else { return false }
            a[row * n + row] = sqrt(sum)
          } else {
            a[row * n + column] = sum / a[column * n + column]
          }
        }
      }
      return true
    }
  }

  private static func four(_ address: UnsafeMutablePointer<Double>) -> SIMD4<Double> {
    UnsafeRawPointer(address).loadUnaligned(as: SIMD4<Double>.self)
  }

  /// The solution for `right`, once factored.
  func solved(_ right: [Double]) -> [Double] {
    var x = right
    let n = count
    values.withUnsafeBufferPointer { a in
      for row in 0..<n {
        var sum = x[row]
        for k in 0..<row { sum -= a[row * n + k] * x[k] }
        x[row] = sum / a[row * n + row]
      }
      for row in (0..<n).reversed() {
        let value = x[row] / a[row * n + row]
        x[row] = value
        for k in 0..<row { x[k] -= a[row * n + k] * value }
      }
    }
    return x
  }
}
