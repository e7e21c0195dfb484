import Graph

// Weights that are stored compressed (`constexpr_...`), and quantization.

extension CoreMLConverter {
  static let compressedOperations: [String: Operation] = [
    "constexpr_affine_dequantize": CoreMLConverter.affineDequantize,
    "constexpr_blockwise_shift_scale": CoreMLConverter.blockwiseShiftScale,
    "constexpr_cast": { converter in
      { (call) throws(ModelFormatError) in
        _ = try converter.convert(try call.name("source_val"), to: .f32, call.output)
      }
    },
    "constexpr_lut_to_dense": CoreMLConverter.lookUp,
    "constexpr_sparse_to_dense": CoreMLConverter.sparseToDense,
    "dequantize": { converter in
      { (call) throws(ModelFormatError) in try converter.quantizing("DequantizeLinear", call) }
    },
    "quantize": { converter in
      { (call) throws(ModelFormatError) in try converter.quantizing("QuantizeLinear", call) }
    },
  ]

  private func quantizing(_ op: String, _ call: MILCall) throws(ModelFormatError) {
    let scale = try call.name("scale")
    let axis = try call.integer("axis", default: 0)
    var zeroPoint = try call.optionalName("zero_point") ?? ""
    if op == "QuantizeLinear", zeroPoint.isEmpty {
      let isUnsigned = try call.text("output_dtype", default: "int8") == "uint8"
      let extents = try shape(scale)
      let count = extents.reduce(1, *)
      zeroPoint = try constant(
        TensorType(isUnsigned ? .u8 : .i8, Shape(extents)), TensorData([UInt8](repeating: 0, count: count)))
    }
    try node(
      op, [try call.name("input"), scale, zeroPoint], call.output, ["axis": ONNXAttribute(integer: axis)])
  }

  // MARK: Linear

  /// `(q - zero point) * scale`, one scale for all or one for each index along an axis. The integers stay as they are.
  func affineDequantize(_ call: MILCall) throws(ModelFormatError) {
    let data = try call.stored("quantized_data")
    let scales = try call.floats("scale")
    let zeroPoints = try call.floats("zero_point").map { Int32(clamping: Int($0)) }
    let axis = try self.axis(try call.integer("axis", default: 0), rank: max(1, data.type.shape.rank))
    let isPerAxis = scales.count > 1 || zeroPoints.count > 1
    guard let count = [scales.count, zeroPoints.count].max(), count >= 1,
      scales.count == count || scales.count == 1,
      zeroPoints.count == count || zeroPoints.count == 1, !isPerAxis || count == data.type.shape[axis]
    else {
      throw call.operation.malformed(
        "\(scales.count) scales and \(zeroPoints.count) zero points for \(data.type)",
        expected: "1 or one for each index")
    }
    let quantization = Quantization(
      scales: scales.count == count ? scales : Array(repeating: scales[0], count: count),
      zeroPoints: zeroPoints.count == count ? zeroPoints : Array(repeating: zeroPoints[0], count: count),
      axis: isPerAxis ? axis : nil)
    try dequantized(data, quantization, call.output)
  }

  private func dequantized(
    _ data: (type: TensorType, data: TensorData), _ quantization: Quantization, _ output: String
  ) throws(ModelFormatError) {
    let id = nodes.assembler.constant("\(output)/stored", data.type, data.data, quantization: quantization)
    let result = try nodes.inFile(place) { () throws(GraphError) in
      try nodes.assembler.add(.dequantize, [id], name: output, declared: TensorType(.f32, data.type.shape))
    }
    try nodes.bind(output, result, place)
  }

  /// `(q - offset) * scale`, each block of the data with a scale of its own.
  func blockwiseShiftScale(_ call: MILCall) throws(ModelFormatError) {
    let data = try call.stored("data")
    let scales = try call.floats("scale")
    let blocks = try call.parameterShape("scale")
    let offsets = call.has("offset") ? try call.floats("offset") : []
    let extents = data.type.shape.dimensions
    guard blocks.count == extents.count, zip(extents, blocks).allSatisfy({ $1 >= 1 && $0 % $1 == 0 }),
      scales.count == Shape(blocks).elementCount, offsets.isEmpty || offsets.count == scales.count,
      let count = data.type.shape.elementCount
    else {
      throw call.operation.malformed(
        "scales \(Shape(blocks)) for \(data.type)", expected: "whole blocks along every axis")
    }
    // Scales along one axis only are what the graph's own quantization has.
    let along = extents.indices.filter { blocks[$0] > 1 }
    if along.count <= 1, along.allSatisfy({ blocks[$0] == extents[$0] }),
      data.type.elementType == .i8 || data.type.elementType == .u8,
      offsets.allSatisfy({ $0 == $0.rounded() })
    {
      let zeroPoints =
        offsets.isEmpty ? Array(repeating: 0, count: scales.count) : offsets.map { Int32(clamping: Int($0)) }
      return try dequantized(
        data, Quantization(scales: scales, zeroPoints: zeroPoints, axis: along.first), call.output)
    }
    try spend(4 * count)
    let values = data.data.floats(data.type.elementType)
    let result = try blockwise(extents, blocks) { element, block in
      (values[element] - (offsets.isEmpty ? 0 : offsets[block])) * scales[block]
    }
    try alias(try floats(result, extents), call.output)
  }

  /// A list over `extents` made of each element's index and the index of its block.
  private func blockwise(
    _ extents: [Int], _ blocks: [Int], _ value: (_ element: Int, _ block: Int) -> Float
  ) throws(ModelFormatError) -> [Float] {
    let sizes = zip(extents, blocks).map { $0 / $1 }
    let count = extents.reduce(1, *)
    var index = Array(repeating: 0, count: extents.count)
    var result: [Float] = []
    result.reserveCapacity(count)
    for element in 0..<count {
      var block = 0
      for axis in index.indices { block = block * blocks[axis] + index[axis] / sizes[axis] }
      result.append(value(element, block))
      var axis = index.count - 1
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < extents[axis] { break }
        index[axis] = 0
        axis -= 1
      }
    }
    return result
  }

  // MARK: Look-up tables

  /// Palettized weights: indices into a table of values, or into one table for each block.
  func lookUp(_ call: MILCall) throws(ModelFormatError) {
    let table = try call.floats("lut")
    if let shape = try call.integers("shape") { return try lookUpPacked(call, table, shape) }
    let indices = try call.stored("indices")
    let extents = indices.type.shape.dimensions
    let shape = try call.parameterShape("lut")
    guard shape.count == extents.count + 2, shape[shape.count - 1] == 1,
      let count = indices.type.shape.elementCount
    else {
      throw call.operation.unsupported("looks up vectors (a table \(Shape(shape)) for \(indices.type))")
    }
    let blocks = Array(shape.dropLast(2))
    let entries = shape[shape.count - 2]
    guard zip(extents, blocks).allSatisfy({ $1 >= 1 && $0 % $1 == 0 }), entries >= 1,
      table.count == Shape(shape).elementCount
    else {
      throw call.operation.malformed(
        "a table \(Shape(shape)) for \(indices.type)", expected: "whole blocks along every axis")
    }
    try spend(4 * count)
    let places = indices.data.elements(as: UInt8.self)
    guard places.allSatisfy({ Int($0) < entries }) else {
      throw call.operation.malformed("an index beyond its table", expected: "0 to \(entries - 1)")
    }
    let result = try blockwise(extents, blocks) { element, block in
      table[block * entries + Int(places[element])]
    }
    try alias(try floats(result, extents), call.output)
  }

  /// The older form: indices packed without a shape, as many bits each as the table needs.
  private func lookUpPacked(_ call: MILCall, _ table: [Float], _ extents: [Int]) throws(ModelFormatError) {
    let packed = try call.stored("indices").data
    let bits = table.count <= 1 ? 1 : Int.bitWidth - (table.count - 1).leadingZeroBitCount
    guard bits <= 8, let count = Shape(extents).elementCount, count >= 0,
      packed.byteCount >= (count.multipliedReportingOverflow(by: bits).partialValue + 7) / 8,
      count <= packed.byteCount * 8
    else {
      throw call.operation.malformed(
        "\(packed.byteCount) bytes of indices for \(Shape(extents))",
        expected: "\(bits) bits for each element")
    }
    try spend(4 * count)
    let places = packed.unpacked(bits: bits, count: count, isSigned: false).elements(as: UInt8.self)
    guard places.allSatisfy({ Int($0) < table.count }) else {
      throw call.operation.malformed("an index beyond its table", expected: "0 to \(table.count - 1)")
    }
    try alias(try floats(places.map { table[Int($0)] }, extents), call.output)
  }

  // MARK: Sparse

  /// A bit for each element, and the elements whose bit is set.
  func sparseToDense(_ call: MILCall) throws(ModelFormatError) {
    let nonzero = try call.floats("nonzero_data")
    let extents: [Int]
    let bits: [UInt8]
    if let shape = try call.integers("shape") {
      extents = shape
      let packed = try call.stored("mask").data
      guard let count = Shape(shape).elementCount, count >= 0, packed.byteCount >= (count + 7) / 8 else {
        throw call.operation.malformed(
          "a mask of \(packed.byteCount) bytes", expected: "a bit for each of \(Shape(shape))")
      }
      try spend(5 * count)
      bits = packed.unpacked(bits: 1, count: count, isSigned: false).elements(as: UInt8.self)
    } else {
      let mask = try call.stored("mask")
      extents = mask.type.shape.dimensions
      bits = mask.data.elements(as: UInt8.self)
      try spend(4 * bits.count)
    }
    guard bits.reduce(0, { $0 + ($1 == 0 ? 0 : 1) }) <= nonzero.count else {
      throw call.operation.malformed(
        "more elements than the \(nonzero.count) given", expected: "a value for each bit that is set")
    }
    var next = 0
    var values: [Float] = []
    values.reserveCapacity(bits.count)
    for bit in bits {
      values.append(bit == 0 ? 0 : nonzero[next])
      next += bit == 0 ? 0 : 1
    }
    try alias(try floats(values, extents), call.output)
  }
}
