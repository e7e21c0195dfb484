internal import Glibc

/// Coefficients fitted to rows: each row's latency is the sum over classes of coefficient times plain time.
///
/// The logarithms of the coefficients are a Gaussian process over rows, with the covariances of ``Hierarchy``; the
/// maximum of the posterior is found by Gauss-Newton steps, with residuals weighted as by Student's t (4 degrees of freedom), so
/// that outliers of published tables do not decide.
struct HierarchicalFit {
  let hierarchy: Hierarchy
  let keys: [RowKey]
  /// Plain milliseconds by row and class.
  private let plain: [[Double]]
  private let target: [Double]
  private let weights: [Double]
  /// By the numbers of two models.
  private let likeness: [[Double]]
  private let classes = WorkClass.allCases.count
  /// Per row and class, and per row: what the covariances are multiplied with.
  private var classDuals: [[Double]]
  private var speedDuals: [Double]
  /// The inverse of the last step's system, and its solution: what leave-out residuals follow from.
  private var inverse = SymmetricMatrix(count: 0)
  private var solution: [Double] = []

  init?(
    keys: [RowKey], plain: [[Double]], latencies: [Double], weights: [Double],
    likeness: [[Double]], hierarchy: Hierarchy = Hierarchy()
  ) {
    self.hierarchy = hierarchy
    self.keys = keys
    self.plain = plain
    self.weights = weights
    self.likeness = likeness
    target = latencies.map { log($0) }
    let n = keys.count
    classDuals = Array(repeating: Array(repeating: 0, count: classes), count: n)
    speedDuals = Array(repeating: 0, count: n)
    guard n > 0, run() else { return nil }
  }

  /// The logarithms of the coefficients, and of the speed, of a row that may or may not be among those fitted; the model's
  /// own deviation is left out.
  func coefficients(for key: RowKey) -> (classes: [Double], speed: Double) {
    var result = [Double](repeating: 0, count: classes)
    var speed = 0.0
    for (index, other) in keys.enumerated() {
      let covariance = hierarchy.ofClass(key, other)
      for k in 0..<classes { result[k] += covariance * classDuals[index][k] }
      speed += hierarchy.ofSpeed(key, other) * speedDuals[index]
    }
    return (result, speed)
  }

  /// What the rows of a model say of it beyond its classes, in floating point and in int8.
  func duals(ofModel model: Int) -> (floating: Double, integer: Double) {
    var result = (floating: 0.0, integer: 0.0)
    for (index, key) in keys.enumerated() where key.model == model {
      if key.isInteger { result.integer += speedDuals[index] } else { result.floating += speedDuals[index] }
    }
    return result
  }

  private mutating func run() -> Bool {
    let n = keys.count
    var covariance = [Double](repeating: 0, count: n * n)
    var speeds = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0...i {
        let a = hierarchy.ofClass(keys[i], keys[j])
        let b =
          hierarchy.ofSpeed(keys[i], keys[j])
          + hierarchy.ofModel(keys[i], keys[j], likeness[keys[i].model][keys[j].model])
        covariance[i * n + j] = a
        covariance[j * n + i] = a
        speeds[i * n + j] = b
        speeds[j * n + i] = b
      }
    }
    var logs = Array(repeating: [Double](repeating: 0, count: classes), count: n)
    var speed = [Double](repeating: 0, count: n)
    // Coarse noise first: far from the solution the linearisation is poor.
    let schedule = [0.3, 0.15, 0.08] + Array(repeating: hierarchy.noise, count: 5)
    for (step, noise) in schedule.enumerated() {
      let state = linearized(logs, speed, noise)
      var system = SymmetricMatrix(count: n)
      for i in 0..<n {
        for j in 0...i {
          var product = 0.0
          for k in 0..<classes { product += state.shares[i][k] * state.shares[j][k] }
          let value = covariance[i * n + j] * product + speeds[i * n + j]
          system.values[i * n + j] = value
          system.values[j * n + i] = value
        }
        system.values[i * n + i] += state.variances[i]
      }
      guard system.factor() else { return false }
      let solution = system.solved(state.right)
      let newClassDuals = (0..<n).map { i in state.shares[i].map { $0 * solution[i] } }
      let newLogs = multiplied(covariance, newClassDuals)
      let newSpeed = multiplied(speeds, solution.map { [$0] }).map { $0[0] }
      let before = objective(logs, speed, classDuals, speedDuals, noise)
      var part = 1.0
      while part > 0.02 {
        let blend = { (old: Double, new: Double) in old + part * (new - old) }
        let l = zip(logs, newLogs).map { zip($0, $1).map(blend) }
        let s = zip(speed, newSpeed).map(blend)
        let cd = zip(classDuals, newClassDuals).map { zip($0, $1).map(blend) }
        let sd = zip(speedDuals, solution).map(blend)
        if objective(l, s, cd, sd, noise) <= before {
          (logs, speed, classDuals, speedDuals) = (l, s, cd, sd)
          break
        }
        part /= 2
      }
      if step == schedule.count - 1 || (part <= 0.02 && noise == hierarchy.noise) {
        (inverse, self.solution) = (system.inverted(), solution)
        return true
      }
    }
    return true
  }

  private func linearized(
    _ logs: [[Double]], _ speed: [Double], _ noise: Double
  ) -> (shares: [[Double]], right: [Double], variances: [Double]) {
    var shares: [[Double]] = []
    var right: [Double] = []
    var variances: [Double] = []
    for i in keys.indices {
      let times = (0..<classes).map { exp(logs[i][$0]) * plain[i][$0] }
      let total = times.reduce(0, +)
      let share = times.map { $0 / total }
      let residual = target[i] - log(total) - speed[i]
      shares.append(share)
      right.append(residual + zip(share, logs[i]).map { $0 * $1 }.reduce(0, +) + speed[i])
      let square = noise * noise
      let weight = weights[i] * 5 / (4 + min(400, residual * residual / square))
      variances.append(square / weight)
    }
    return (shares, right, variances)
  }

  private func objective(
    _ logs: [[Double]], _ speed: [Double], _ classDuals: [[Double]], _ speedDuals: [Double], _ noise: Double
  ) -> Double {
    var sum = 0.0
    for i in keys.indices {
      let total = (0..<classes).reduce(0) { $0 + exp(logs[i][$1]) * plain[i][$1] }
      let residual = target[i] - log(total) - speed[i]
      sum += 2.5 * weights[i] * log1p(residual * residual / (noise * noise) / 4)
      for k in 0..<classes { sum += 0.5 * classDuals[i][k] * logs[i][k] }
      sum += 0.5 * speedDuals[i] * speed[i]
    }
    return sum
  }

  private func multiplied(_ matrix: [Double], _ columns: [[Double]]) -> [[Double]] {
    let n = keys.count
    let width = columns.first?.count ?? 0
    var result = Array(repeating: [Double](repeating: 0, count: width), count: n)
    matrix.withUnsafeBufferPointer { a in
      for i in 0..<n {
        var sums = [Double](repeating: 0, count: width)
        for j in 0..<n {
          let factor = a[i * n + j]
          for k in 0..<width { sums[k] += factor * columns[j][k] }
        }
        result[i] = sums
      }
    }
    return result
  }

  /// ln(predicted / measured) of the rows of each block, had they not been there: at the fit's linearisation, with the rest
  /// fitted anew.
  ///
  /// - Source: Rasmussen and Williams, "Gaussian Processes for Machine Learning", section 5.4.2, for blocks.
  /// - Returns: One a row; `nil` for rows of no block.
  func leftOut(_ blocks: [[Int]]) -> [Double?] {
    var result = [Double?](repeating: nil, count: keys.count)
    for rows in blocks {
      var block = SymmetricMatrix(count: rows.count)
      for (i, row) in rows.enumerated() {
        for (j, other) in rows.enumerated() {
          block.values[i * rows.count + j] = inverse.values[row * inverse.count + other]
        }
      }
      guard block.factor() else { continue }
      let residuals = block.solved(rows.map { solution[$0] })
      for (index, row) in rows.enumerated() { result[row] = -residuals[index] }
    }
    return result
  }
}
