internal import Glibc

/// Coefficients fitted to rows: each row's latency is the sum over classes of coefficient times plain time.
///
/// The logarithms of the coefficients are a Gaussian process over rows, with the covariances of ``Hierarchy``; the
/// maximum of the posterior is found by Gauss-Newton steps. Rows are weighted, and boards spread, as by Student's t (4 degrees of
/// freedom): neither an outlier nor a board that is not what its row says decides.
struct HierarchicalFit {
  let hierarchy: Hierarchy
  let keys: [RowKey]
  /// Milliseconds by row and class, at the coefficients expected of any machine.
  private let plain: [[Double]]
  private let target: [Double]
  private let weights: [Double]
  /// By the numbers of two models.
  private let likeness: [[Double]]
  private let classes = WorkClass.allCases.count
  /// By board, how many times as large the variance of its speed is as ``Hierarchy`` has it.
  private(set) var boardVariance: [Double]
  /// The logarithms of the coefficients and of the speed, by row.
  private var logs: [[Double]]
  private var speed: [Double]
  /// Per row and class, and per row: what the covariances are multiplied with.
  private var classDuals: [[Double]]
  private var speedDuals: [Double]
  /// The last step's system, factored, and its solution: what leave-out residuals follow from.
  private var system = SymmetricMatrix(count: 0)
  private var solution: [Double] = []

  /// - Parameter plain: Milliseconds by row and class.
  init?(
    keys: [RowKey], plain: [[Double]], latencies: [Double], weights: [Double],
    likeness: [[Double]], hierarchy: Hierarchy = Hierarchy()
  ) {
    let n = keys.count
    let prior = Hierarchy.expected.map { exp($0) }
    self.init(
      hierarchy: hierarchy, keys: keys, plain: plain.map { zip($0, prior).map { $0 * $1 } },
      target: latencies.map { log($0) }, weights: weights, likeness: likeness,
      boardVariance: Array(repeating: 1, count: (keys.map(\.board).max() ?? 0) + 1),
      logs: Array(repeating: Array(repeating: 0, count: WorkClass.allCases.count), count: n),
      speed: Array(repeating: 0, count: n))
    // Coarse noise first: far from the solution the linearisation is poor.
    let coarse = [0.3, 0.15, 0.08]
    guard n > 0, run(coarse + Array(repeating: hierarchy.noise, count: 4)) else { return nil }
    for _ in 0..<2 {
      spreadBoards()
      guard run(Array(repeating: hierarchy.noise, count: 2)) else { return nil }
    }
  }

  private init(
    hierarchy: Hierarchy, keys: [RowKey], plain: [[Double]], target: [Double], weights: [Double],
    likeness: [[Double]], boardVariance: [Double], logs: [[Double]], speed: [Double]
  ) {
    self.hierarchy = hierarchy
    self.keys = keys
    self.plain = plain
    self.target = target
    self.weights = weights
    self.likeness = likeness
    self.boardVariance = boardVariance
    self.logs = logs
    self.speed = speed
    classDuals = Array(repeating: Array(repeating: 0, count: classes), count: keys.count)
    speedDuals = Array(repeating: 0, count: keys.count)
  }

  /// The fit to all rows but some, made anew: its steps start from this one's coefficients, and go on until they no longer tell.
  ///
  /// - Parameter spreadsBoards: Whether to find anew how far each board is from what is expected of it.
  func without(_ rows: Set<Int>, spreadsBoards: Bool) -> HierarchicalFit? {
    let rest = keys.indices.filter { !rows.contains($0) }
    var fit = HierarchicalFit(
      hierarchy: hierarchy, keys: rest.map { keys[$0] }, plain: rest.map { plain[$0] },
      target: rest.map { target[$0] }, weights: rest.map { weights[$0] }, likeness: likeness,
      boardVariance: spreadsBoards ? boardVariance.map { _ in 1 } : boardVariance,
      logs: rest.map { logs[$0] }, speed: rest.map { speed[$0] })
    guard !rest.isEmpty else { return nil }
    if spreadsBoards {
      guard fit.run(Array(repeating: hierarchy.noise, count: 2), isNear: true) else { return nil }
      fit.spreadBoards()
    }
    return fit.run(Array(repeating: hierarchy.noise, count: 3), isNear: true) ? fit : nil
  }

  /// ln(predicted / measured) of one of `other`'s rows, by this fit.
  func residual(ofRow row: Int, of other: HierarchicalFit) -> Double {
    let key = other.keys[row]
    let (classLogs, speed) = coefficients(for: key)
    var total = 0.0
    for k in 0..<classes { total += exp(classLogs[k] - Hierarchy.expected[k]) * other.plain[row][k] }
    var deviation = 0.0
    for (index, known) in keys.enumerated() {
      deviation += hierarchy.ofModel(key, known, likeness[key.model][known.model]) * speedDuals[index]
    }
    return log(total) + speed + deviation - other.target[row]
  }

  /// The logarithms of the coefficients, and of the speed, of a row that may or may not be among those fitted; the model's
  /// own deviation is left out.
  func coefficients(for key: RowKey) -> (classes: [Double], speed: Double) {
    var result = [Double](repeating: 0, count: classes)
    var speed = 0.0
    for (index, other) in keys.enumerated() {
      let covariance = hierarchy.ofClass(key, other)
      for k in 0..<classes { result[k] += covariance * classDuals[index][k] }
      speed +=
        hierarchy.ofSpeed(key, other, boardVariance: variance(ofBoard: other.board)) * speedDuals[index]
    }
    for k in 0..<classes { result[k] = result[k] * Hierarchy.variances[k] + Hierarchy.expected[k] }
    return (result, speed)
  }

  private func variance(ofBoard board: Int) -> Double {
    boardVariance.indices.contains(board) ? boardVariance[board] : 1
  }

  /// What the rows of a model say of it beyond its classes, in floating point and in int8.
  func duals(ofModel model: Int) -> (floating: Double, integer: Double) {
    var result = (floating: 0.0, integer: 0.0)
    for (index, key) in keys.enumerated() where key.model == model {
      if key.isInteger { result.integer += speedDuals[index] } else { result.floating += speedDuals[index] }
    }
    return result
  }

  /// A board far from what its core has the others expect is one whose speed may be anything.
  private mutating func spreadBoards() {
    var sums = [Double](repeating: 0, count: boardVariance.count)
    for (index, key) in keys.enumerated() { sums[key.board] += speedDuals[index] }
    for board in sums.indices {
      let deviation = sums[board] * hierarchy.speedOfBoard * boardVariance[board]
      boardVariance[board] = max(0.7, (4 + deviation * deviation) / 5)
    }
  }

  /// - Parameter isNear: Whether the coefficients are near the solution, so that steps need not be tried for progress.
  private mutating func run(_ schedule: [Double], isNear: Bool = false) -> Bool {
    let n = keys.count
    var covariance = [Double](repeating: 0, count: n * n)
    var speeds = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0...i {
        let a = hierarchy.ofClass(keys[i], keys[j])
        let b =
          hierarchy.ofSpeed(keys[i], keys[j], boardVariance: boardVariance[keys[i].board])
          + hierarchy.ofModel(keys[i], keys[j], likeness[keys[i].model][keys[j].model])
        covariance[i * n + j] = a
        covariance[j * n + i] = a
        speeds[i * n + j] = b
        speeds[j * n + i] = b
      }
    }
    let spread = Hierarchy.variances
    for noise in schedule {
      let state = linearized(logs, speed, noise)
      let spreadShares = state.shares.map { zip($0, spread).map { $0 * $1 } }
      var system = SymmetricMatrix(count: n)
      for i in 0..<n {
        for j in 0...i {
          var product = 0.0
          for k in 0..<classes { product += spreadShares[i][k] * state.shares[j][k] }
          let value = covariance[i * n + j] * product + speeds[i * n + j]
          system.values[i * n + j] = value
          system.values[j * n + i] = value
        }
        system.values[i * n + i] += state.variances[i]
      }
      guard system.factor() else { return false }
      let solution = system.solved(state.right)
      let newClassDuals = (0..<n).map { i in state.shares[i].map { $0 * solution[i] } }
      let newLogs = multiplied(covariance, newClassDuals).map { zip($0, spread).map { $0 * $1 } }
      let newSpeed = multiplied(speeds, solution.map { [$0] }).map { $0[0] }
      var part = 1.0
      if isNear {
        // Where coefficients would change more than fourfold, half a step says more.
        let longest = zip(logs, newLogs).map { zip($0, $1).map { abs($1 - $0) }.max() ?? 0 }.max() ?? 0
        part = min(1, 1.5 / max(longest, 1e-9))
        logs = zip(logs, newLogs).map { zip($0, $1).map { $0 + part * ($1 - $0) } }
        (speed, classDuals, speedDuals) = (newSpeed, newClassDuals, solution)
        (self.system, self.solution) = (system, solution)
        continue
      }
      let before = objective(logs, speed, classDuals, speedDuals, noise)
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
      (self.system, self.solution) = (system, solution)
      if part <= 0.02, noise == hierarchy.noise { break }
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
      for (j, row) in rows.enumerated() {
        var unit = [Double](repeating: 0, count: keys.count)
        unit[row] = 1
        let column = system.solved(unit)
        for (i, other) in rows.enumerated() { block.values[i * rows.count + j] = column[other] }
      }
      guard block.factor() else { continue }
      let residuals = block.solved(rows.map { solution[$0] })
      for (index, row) in rows.enumerated() { result[row] = -residuals[index] }
    }
    return result
  }
}
