/// A dense tensor of f64, indexed axis by axis: slow, and plainly right.
struct NaiveTensor {
  var shape: [Int]
  var values: [Double]

  init(shape: [Int], values: [Double]) {
    precondition(shape.reduce(1, *) == values.count)
    self.shape = shape
    self.values = values
  }

  /// Each element from its index.
  init(shape: [Int], _ element: ([Int]) -> Double) {
    var values: [Double] = []
    NaiveTensor.forEachIndex(of: shape) { values.append(element($0)) }
    self.init(shape: shape, values: values)
  }

  subscript(index: [Int]) -> Double { values[zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }] }

  /// The element, or 0 outside.
  func padded(_ index: [Int]) -> Double {
    zip(index, shape).allSatisfy { $0 >= 0 && $0 < $1 } ? self[index] : 0
  }

  /// The element that broadcasting puts at `index` of a larger shape.
  func broadcast(_ index: [Int]) -> Double {
    let own = index.suffix(shape.count)
    return self[zip(own, shape).map { $1 == 1 ? 0 : $0 }]
  }

  static func forEachIndex(of shape: [Int], _ body: ([Int]) -> Void) {
    var index = Array(repeating: 0, count: shape.count)
    for _ in 0..<shape.reduce(1, *) {
      body(index)
      for axis in shape.indices.reversed() {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
      }
    }
  }
}
