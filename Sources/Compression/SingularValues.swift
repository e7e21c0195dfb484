/// The largest singular values of a small matrix.
enum SingularValues {
  private static let mostSweeps = 40

  /// `A = U V` as near as a product of that rank comes: each factor carries the root of the singular values.
  ///
  /// - Parameter values: `[rows, columns]`.
  /// - Returns: U `[rows, rank]` and V `[rank, columns]`.
  /// - Source: Hestenes (1958), one-sided Jacobi rotations: pairs of rows are turned until all are orthogonal.
  static func factors(
    of values: [Float], rows: Int, columns: Int, rank: Int
  ) -> (u: [Float], v: [Float]) {
    var matrix = (0..<rows).map { row in values[row * columns..<(row + 1) * columns].map { Double($0) } }
    // What the rows are turned by: turned = basis * A, so A = basis' * turned.
    var basis = (0..<rows).map { row in (0..<rows).map { $0 == row ? 1.0 : 0.0 } }
    for _ in 0..<mostSweeps where !turn(&matrix, &basis) { continue }
    let lengths = matrix.map { dot($0, $0).squareRoot() }
    let order = lengths.indices.sorted { (lengths[$0], $1) > (lengths[$1], $0) }.prefix(rank)
    var u: [Float] = []
    for row in 0..<rows { u += order.map { Float(basis[$0][row] * lengths[$0].squareRoot()) } }
    let v = order.flatMap { index -> [Float] in
      let root = lengths[index].squareRoot()
      return matrix[index].map { root > 0 ? Float($0 / root) : 0 }
    }
    return (u, v)
  }

  /// Turns every pair of rows once.
  ///
  /// - Returns: Whether all were orthogonal already.
  private static func turn(_ matrix: inout [[Double]], _ basis: inout [[Double]]) -> Bool {
    var isDone = true
    for p in matrix.indices.dropLast() {
      for q in (p + 1)..<matrix.count {
        let (a, b, c) = (
          dot(matrix[p], matrix[p]), dot(matrix[q], matrix[q]), dot(matrix[p], matrix[q])
        )
        guard c.magnitude > 1e-10 * (a * b).squareRoot() else { continue }
        isDone = false
        let zeta = (b - a) / (2 * c)
        let t = (zeta >= 0 ? 1.0 : -1.0) / (zeta.magnitude + (1 + zeta * zeta).squareRoot())
        let cosine = 1 / (1 + t * t).squareRoot()
        rotate(&matrix, p, q, cosine, cosine * t)
        rotate(&basis, p, q, cosine, cosine * t)
      }
    }
    return isDone
  }

  private static func rotate(_ rows: inout [[Double]], _ p: Int, _ q: Int, _ cosine: Double, _ sine: Double) {
    for column in rows[p].indices {
      let (x, y) = (rows[p][column], rows[q][column])
      rows[p][column] = cosine * x - sine * y
      rows[q][column] = sine * x + cosine * y
    }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }
}
