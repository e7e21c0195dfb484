internal import Glibc
internal import Graph

/// Times of one kernel's calls in sizes that were not timed: plain time, times what calls of similar sizes took of it.
///
/// The logarithm of time over plain time is a Gaussian process over the logarithms of the sizes.
/// - Source: Rasmussen and Williams, "Gaussian Processes for Machine Learning", MIT Press 2006, equations 2.25, 2.26 and 5.8.
struct StepRegression {
  private let plain: PlainStepTime
  private let places: [[Double]]
  private let weights: [Double]
  let shape: Covariance
  private let center: Double
  private let factor: SymmetricMatrix

  struct Covariance {
    /// In octaves.
    var length: Double
    var amplitude: Double
    var noise: Double

    func callAsFunction(_ a: [Double], _ b: [Double]) -> Double {
      var square = 0.0
      for (x, y) in zip(a, b) { square += (x - y) * (x - y) }
      let distance = (3 * square).squareRoot() / length
      return amplitude * amplitude * (1 + distance) * exp(-distance)
    }

    static let choices: [Covariance] = [1.5, 3, 6].flatMap { length in
      [0.1, 0.3, 0.6].flatMap { amplitude in
        [0.02, 0.05, 0.12].map { Covariance(length: length, amplitude: amplitude, noise: $0) }
      }
    }
  }

  /// - Parameter shape: `nil` for the most likely one.
  /// - Precondition: There is a call, and a time for each.
  init(_ calls: [KernelCall], _ times: [Double], shape given: Covariance? = nil) {
    plain = PlainStepTime(calls, times)
    let plainTime = plain
    // Equal calls count once: their mean is what is known.
    var order: [KernelCall: Int] = [:]
    var distinct: [KernelCall] = []
    var logs: [[Double]] = []
    for (call, time) in zip(calls, times) {
      let log = Glibc.log(time / plainTime.nanoseconds(of: call))
      if let place = order[call] {
        logs[place].append(log)
      } else {
        order[call] = distinct.count
        distinct.append(call)
        logs.append([log])
      }
    }
    let means = logs.map { $0.reduce(0, +) / Double($0.count) }
    let center = means.sorted()[means.count / 2]
    let values = means.map { $0 - center }
    let places = distinct.map(Self.place)
    var best: (likelihood: Double, shape: Covariance, factor: SymmetricMatrix, weights: [Double])?
    for shape in given.map({ [$0] }) ?? Covariance.choices {
      var matrix = Self.matrix(places, shape)
      guard matrix.factor() else { continue }
      let weights = matrix.solved(values)
      var likelihood = -0.5 * zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 }
      for index in 0..<matrix.count { likelihood -= Glibc.log(matrix.values[index * matrix.count + index]) }
      if likelihood > best?.likelihood ?? -.infinity { best = (likelihood, shape, matrix, weights) }
    }
    self.places = places
    self.center = center
    shape = best?.shape ?? Covariance.choices[0]
    weights = best?.weights ?? [Double](repeating: 0, count: places.count)
    factor = best?.factor ?? SymmetricMatrix(count: 0)
  }

  func nanoseconds(of call: KernelCall) -> Double {
    let place = Self.place(of: call)
    let log = zip(places, weights).reduce(center) { $0 + shape(place, $1.0) * $1.1 }
    return plain.nanoseconds(of: call) * exp(max(-3, min(3, log)))
  }

  /// How much of what is not known at all is not known of `call`: 0 next to calls that were timed, 1 far from any.
  func novelty(of call: KernelCall) -> Double {
    guard factor.count > 0 else { return 1 }
    let place = Self.place(of: call)
    let row = places.map { shape(place, $0) }
    let explained = zip(row, factor.solved(row)).reduce(0) { $0 + $1.0 * $1.1 }
    let whole = shape.amplitude * shape.amplitude
    return max(0, min(1, 1 - explained / whole))
  }

  private static func matrix(_ places: [[Double]], _ shape: Covariance) -> SymmetricMatrix {
    var matrix = SymmetricMatrix(count: places.count)
    for row in places.indices {
      for column in 0...row {
        let value = shape(places[row], places[column])
        matrix.values[row * places.count + column] = value
        matrix.values[column * places.count + row] = value
      }
      matrix.values[row * places.count + row] += shape.noise * shape.noise
    }
    return matrix
  }

  /// Logarithms to base 2 of the sizes, and of what rounding them up to whole vectors of 16 adds.
  private static func place(of call: KernelCall) -> [Double] {
    call.sizes.flatMap { size in
      let size = max(1, size)
      return [log2(Double(size)), log2(Double((size + 15) / 16 * 16) / Double(size))]
    }
  }
}
