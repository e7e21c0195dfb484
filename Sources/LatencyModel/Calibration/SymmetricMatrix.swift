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
      for row in 0..<n {
        for column in 0...row {
          var sum = a[row * n + column]
          let (left, right) = (row * n, column * n)
          // Four sums at a time: one alone waits for each addition.
          var parts = (0.0, 0.0, 0.0, 0.0)
          var k = 0
          while k + 4 <= column {
            parts.0 += a[left + k] * a[right + k]
            parts.1 += a[left + k + 1] * a[right + k + 1]
            parts.2 += a[left + k + 2] * a[right + k + 2]
            parts.3 += a[left + k + 3] * a[right + k + 3]
            k += 4
          }
          sum -= (parts.0 + parts.1) + (parts.2 + parts.3)
          while k < column { sum -= a[left + k] * a[right + k]; k += 1 }
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

  /// The inverse, once factored.
  func inverted() -> SymmetricMatrix {
    var result = SymmetricMatrix(count: count)
    var unit = [Double](repeating: 0, count: count)
    for column in 0..<count {
      unit[column] = 1
      let solution = solved(unit)
      unit[column] = 0
      for row in 0..<count { result.values[row * count + column] = solution[row] }
    }
    return result
  }
}
