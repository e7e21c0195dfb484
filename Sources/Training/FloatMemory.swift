/// Numbers at an address that does not move, zeros at first.
final class FloatMemory {
  let start: UnsafeMutablePointer<Float>
  let count: Int

  init(count: Int) {
    self.count = count
    start = .allocate(capacity: max(1, count))
    start.initialize(repeating: 0, count: max(1, count))
  }

  convenience init(_ values: [Float]) {
    self.init(count: values.count)
    fill(with: values)
  }

  deinit { start.deallocate() }

  var values: [Float] { Array(UnsafeBufferPointer(start: start, count: count)) }

  /// - Precondition: As many values as there is room for.
  func fill(with values: [Float]) {
    precondition(values.count == count)
    values.withUnsafeBufferPointer { source in
      if let first = source.baseAddress { start.update(from: first, count: count) }
    }
  }

  func clear() { start.update(repeating: 0, count: count) }
}
