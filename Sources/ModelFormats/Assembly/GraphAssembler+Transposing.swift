import Graph

extension GraphAssembler {
  /// `id` with its axes permuted: constants are rearranged now, and axes of one element only renamed.
  ///
  /// What widens a constant (dequantize, cast) is moved behind the transposition, so that weights stay constants.
  mutating func transposed(
    _ id: TensorID, _ permutation: [Int], name: String, order: AxisOrder = .written
  ) throws(GraphError) -> TensorID {
    let tensor = graph[id]
    let shape = Shape(permutation.map { tensor.shape[$0] })
    let quantization = tensor.quantization?.permuted(permutation)
    if let data = tensor.constant, let width = tensor.elementType.wholeBytes {
      let elements =
        permutation.movesOnlyOnes(in: tensor.shape)
        ? data : data.transposed(tensor.shape, permutation, elementSize: width)
      let result = constant(name, TensorType(tensor.elementType, shape), elements, quantization: quantization)
      setOrder(order, of: result)
      return result
    }
    if let node = producer(of: id), let source = node.inputs.first, let source, graph[source].constant != nil,
      node.op == .dequantize || node.op == .cast
    {
      let moved = try transposed(source, permutation, name: "\(graph[source].name)/transposed")
      return try add(
        node.op, [moved], name: name, declared: TensorType(tensor.elementType, shape), order: order)
    }
    if permutation.movesOnlyOnes(in: tensor.shape) {
      return try add(
        .reshape, [id], name: name, declared: TensorType(tensor.elementType, shape),
        quantization: quantization,
        order: order)
    }
    return try add(
      .transpose(permutation: permutation), [id], name: name, quantization: quantization, order: order)
  }

  /// `id` with an axis of one element before axis `axis`; a constant, or a widened one, stays that.
  mutating func insertingAxis(_ id: TensorID, at axis: Int, name: String) throws(GraphError) -> TensorID {
    let tensor = graph[id]
    var dimensions = tensor.shape.dimensions
    dimensions.insert(1, at: axis)
    var quantization = tensor.quantization
    if let scales = quantization?.axis, scales >= axis { quantization?.axis = scales + 1 }
    let type = TensorType(tensor.elementType, Shape(dimensions))
    if let data = tensor.constant { return constant(name, type, data, quantization: quantization) }
    if let node = producer(of: id), case let source?? = node.inputs.first, graph[source].constant != nil,
      node.op == .dequantize || node.op == .cast
    {
      let moved = try insertingAxis(source, at: axis, name: "\(graph[source].name)/axis")
      return try add(node.op, [moved], name: name, declared: type)
    }
    return try add(.reshape, [id], name: name, declared: type, quantization: quantization)
  }
}

extension [Int] {
  /// Whether the permutation leaves the elements in memory where they are.
  func movesOnlyOnes(in shape: Shape) -> Bool {
    let moved = filter { shape[$0] != 1 }
    return zip(moved, moved.dropFirst()).allSatisfy { $0 < $1 }
  }
}

extension Quantization {
  func permuted(_ permutation: [Int]) -> Quantization {
    guard let axis, let place = permutation.firstIndex(of: axis) else { return self }
    return Quantization(scales: scales, zeroPoints: zeroPoints, axis: place)
  }
}

extension ElementType {
  /// The size of an element, where it is whole bytes.
  var wholeBytes: Int? { bitWidth % 8 == 0 ? bitWidth / 8 : nil }
}

extension TensorData {
  /// The elements in the order of permuted axes.
  ///
  /// - Precondition: The bytes are those of `shape`.
  func transposed(_ shape: Shape, _ permutation: [Int], elementSize: Int) -> TensorData {
    // Neighbouring axes that stay together are one; rank 2 to 4 is what weights have.
    var strides = Array(repeating: 1, count: shape.rank)
    for axis in stride(from: shape.rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    let extents = permutation.map { shape[$0] }
    let steps = permutation.map { strides[$0] }
    return withUnsafeBytes { source in
      switch elementSize {
      case 1: Self.gathered(source, UInt8.self, extents, steps)
      case 2: Self.gathered(source, UInt16.self, extents, steps)
      case 4: Self.gathered(source, UInt32.self, extents, steps)
      default: Self.gathered(source, UInt64.self, extents, steps)
      }
    }
  }

  private static func gathered<Element: BitwiseCopyable>(
    _ source: UnsafeRawBufferPointer, _: Element.Type, _ extents: [Int], _ steps: [Int]
  ) -> TensorData {
    let count = extents.reduce(1, *)
    guard count > 0, let base = source.baseAddress else { return TensorData([Element]()) }
    let size = MemoryLayout<Element>.size
    let inner = extents.last ?? 1
    let innerStep = (steps.last ?? 1) * size
    let elements = [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      var index = Array(repeating: 0, count: extents.count)
      var offset = 0
      var written = 0
      while written < count {
        var place = base + offset * size
        for position in written..<written + inner {
          buffer.initializeElement(at: position, to: place.loadUnaligned(as: Element.self))
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
      initialized = count
    }
    return TensorData(elements)
  }
}
