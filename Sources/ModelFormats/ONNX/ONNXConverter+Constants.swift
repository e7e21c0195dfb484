import Graph

// Constants, and what is known of a tensor without its value.

extension ONNXConverter {
  static let constants: [String: Handler] = [
    "Constant": ONNXConverter.constantNode,
    "ConstantOfShape": ONNXConverter.constantOfShape,
    "Dropout": ONNXConverter.dropout,
    "Identity": ONNXConverter.identity,
    "Shape": ONNXConverter.shapeNode,
    "Size": ONNXConverter.sizeNode,
  ]

  func constantNode(_ node: ONNXNode) throws(ModelFormatError) {
    let name = label(node)
    let id: TensorID
    if let tensor = try node.tensor("value") {
      id = try constant(tensor, name)
    } else if let sparse = node.attributes["sparse_value"]?.sparseTensor {
      id = try dense(sparse)
    } else if let value = try node.float("value_float") {
      id = assembler.constant(name, TensorType(.f32, .scalar), TensorData([value]))
    } else if let values = try node.floats("value_floats") {
      id = assembler.constant(name, TensorType(.f32, [values.count]), TensorData(values))
    } else if let value = try node.integer("value_int") {
      id = assembler.constant(name, TensorType(.i64, .scalar), TensorData([Int64(value)]))
    } else if let values = try node.integers("value_ints") {
      id = assembler.constant(name, TensorType(.i64, [values.count]), TensorData(values.map { Int64($0) }))
    } else {
      throw node.unsupported("is a constant of strings")
    }
    try bind(id, node)
  }

  /// One value everywhere, in a shape that input 0 holds.
  func constantOfShape(_ node: ONNXNode) throws(ModelFormatError) {
    let extents = try integers(node, 0)
    guard extents.count <= Shape.largestRank, extents.allSatisfy({ (0...Shape.largestExtent).contains($0) }),
      let count = Shape(extents).elementCount
    else {
      throw node.malformed("shape \(extents)", expected: "at most \(Shape.largestRank) axes of 0 and more")
    }
    var type = ElementType.f32
    var element = TensorData([Float(0)])
    if let tensor = try node.tensor("value") {
      let contents = try tensor.contents(in: file, external: externalFiles)
      (type, element) = (contents.type.elementType, contents.data)
    }
    guard let size = type.wholeBytes, element.byteCount == size else {
      throw node.malformed("a value of \(element.byteCount) bytes", expected: "one element")
    }
    guard let byteCount = type.byteCount(elements: count), assembler.spend(byteCount) else {
      throw node.malformed(
        "\(Shape(extents)) elements of one value",
        expected: "less than a model of \(file.bytes.count) bytes may make")
    }
    let data = element.repeated(count)
    try bind(assembler.constant(label(node), TensorType(type, Shape(extents)), data), node)
  }

  func identity(_ node: ONNXNode) throws(ModelFormatError) {
    try bind(try input(node, 0), node)
  }

  /// Nothing is dropped outside training: the mask, where it is asked for, is true everywhere.
  func dropout(_ node: ONNXNode) throws(ModelFormatError) {
    let isTraining = node.has(2) ? try condition(node, 2) : false
    if isTraining, try optionalFloats(node, 1)?.first != 0 {
      throw node.unsupported("drops elements at random, as in training")
    }
    let x = try input(node, 0)
    try bind(x, node)
    guard node.makes(1) else { return }
    let count = shape(x).elementCount ?? 0
    guard assembler.spend(count) else { throw node.unsupported("makes a mask of \(count) elements") }
    try bind(
      constant(Array(repeating: UInt8(1), count: count), .bool, shape: shape(x), node, "mask"), node,
      output: 1)
  }

  func shapeNode(_ node: ONNXNode) throws(ModelFormatError) {
    let dimensions = shape(try input(node, 0)).dimensions
    let rank = dimensions.count
    func bound(_ value: Int) -> Int { min(max(value < 0 ? value &+ rank : value, 0), rank) }
    let start = bound(try node.integer("start", default: 0))
    let end = bound(try node.integer("end", default: rank))
    let part = start < end ? dimensions[start..<end].map { Int64($0) } : []
    try bind(constant(part, .i64, node, "shape"), node)
  }

  func sizeNode(_ node: ONNXNode) throws(ModelFormatError) {
    let count = shape(try input(node, 0)).elementCount ?? 0
    try bind(constant([Int64(count)], .i64, shape: .scalar, node, "size"), node)
  }

  /// A sparse tensor with its zeros.
  func dense(_ sparse: ONNXSparseTensor) throws(ModelFormatError) -> TensorID {
    let values = try sparse.values.contents(in: file, external: externalFiles)
    let places = try sparse.indices.contents(in: file, external: externalFiles)
    let shape = Shape(sparse.dimensions)
    guard sparse.dimensions.count <= Shape.largestRank,
      sparse.dimensions.allSatisfy({ (1...Shape.largestExtent).contains($0) }),
      let count = shape.elementCount, let size = values.type.elementType.wholeBytes,
      let byteCount = values.type.elementType.byteCount(elements: count), assembler.spend(byteCount)
    else {
      throw file.malformed(sparse.place, "shape \(shape)", expected: "a shape in proportion to the file")
    }
    let numbers = places.data.elements(as: Int64.self).map { Int($0) }
    let rank = sparse.dimensions.count
    let entries = values.type.shape.elementCount ?? 0
    let isLinear = places.type.shape.rank == 1
    guard places.type.elementType == .i64, numbers.count == (isLinear ? entries : entries * rank) else {
      throw file.malformed(sparse.place, "indices of \(places.type)", expected: "i64, one set a value")
    }
    var bytes = [UInt8](repeating: 0, count: byteCount)
    let elements = values.data.elements(as: UInt8.self)
    for entry in 0..<entries {
      var place = 0
      if isLinear {
        place = numbers[entry]
      } else {
        for axis in 0..<rank {
          let index = numbers[entry * rank + axis]
          guard (0..<sparse.dimensions[axis]).contains(index) else {
            throw file.malformed(
              sparse.place, "index \(index)", expected: "0 to \(sparse.dimensions[axis] - 1)")
          }
          place = place * sparse.dimensions[axis] + index
        }
      }
      guard (0..<count).contains(place) else {
        throw file.malformed(sparse.place, "index \(place)", expected: "0 to \(count - 1)")
      }
      bytes.replaceSubrange(
        place * size..<(place + 1) * size, with: elements[entry * size..<(entry + 1) * size])
    }
    return assembler.constant(
      sparse.values.name, TensorType(values.type.elementType, shape), TensorData(bytes))
  }
}

extension TensorData {
  /// This one element, `count` times.
  func repeated(_ count: Int) -> TensorData {
    switch byteCount {
    case 1: TensorData(Array(repeating: elements(as: UInt8.self)[0], count: count))
    case 2: TensorData(Array(repeating: elements(as: UInt16.self)[0], count: count))
    case 4: TensorData(Array(repeating: elements(as: UInt32.self)[0], count: count))
    default: TensorData(Array(repeating: elements(as: UInt64.self)[0], count: count))
    }
  }
}
