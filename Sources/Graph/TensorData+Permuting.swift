extension TensorData {
  /// The elements of a tensor of `shape` in the order of permuted axes, computed when they are looked at.
  ///
  /// - Parameters:
  ///   - permutation: Which axis comes at each place.
  ///   - elementSize: 1, 2, 4 or 8 bytes.
  /// - Precondition: The bytes are those of `shape`.
  public func permuted(shape: Shape, by permutation: [Int], elementSize: Int) -> TensorData {
    var strides = Array(repeating: elementSize, count: shape.rank)
    for axis in stride(from: shape.rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    let extents = permutation.map { shape[$0] }
    let steps = permutation.map { strides[$0] }
    return TensorData(byteCount: byteCount, zerosAsIn: self) { [self] result in
      withUnsafeBytes { source in
        switch elementSize {
        case 1: Self.gather(source, UInt8.self, extents, steps, into: result)
        case 2: Self.gather(source, UInt16.self, extents, steps, into: result)
        case 4: Self.gather(source, UInt32.self, extents, steps, into: result)
        default: Self.gather(source, UInt64.self, extents, steps, into: result)
        }
      }
    }
  }

  /// Steps are in bytes.
  private static func gather<Element: BitwiseCopyable>(
    _ source: UnsafeRawBufferPointer, _: Element.Type, _ extents: [Int], _ steps: [Int],
    into result: UnsafeMutableRawBufferPointer
  ) {
    let count = extents.reduce(1, *)
    guard count > 0, let base = source.baseAddress else { return }
    let elements = result.assumingMemoryBound(to: Element.self)
    let inner = extents.last ?? 1
    let innerStep = steps.last ?? 0
    var index = Array(repeating: 0, count: extents.count)
    var offset = 0
    var written = 0
    while written < count {
      var place = base + offset
      for position in written..<written + inner {
        elements.initializeElement(at: position, to: place.loadUnaligned(as: Element.self))
        place += innerStep
      }
      written += inner
      var axis = extents.count - 2
      while axis >= 0 {
        index[axis] += 1
        offset += steps[axis]
        if index[axis] < extents[axis] { break }
        offset -= steps[axis] * extents[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
