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
        ? data : data.permuted(shape: tensor.shape, by: permutation, elementSize: width)
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
