import Graph

// Weights of a neural network's layers (WeightParams): single or half precision, or quantized with a rule.

extension CoreMLConverter {
  /// The graph's constant for a layer's weights.
  func weights(_ layer: NeuralNetworkLayer, _ number: Int, _ shape: [Int]) throws(ModelFormatError) -> String
  {
    try weights(try layer.parameters.record(number), shape)
  }

  func weights(_ record: ProtobufRecord, _ shape: [Int]) throws(ModelFormatError) -> String {
    guard shape.allSatisfy({ (1...Shape.largestExtent).contains($0) }), let count = Shape(shape).elementCount
    else {
      throw malformed("weights of shape \(Shape(shape))", expected: "extents of 1 and more")
    }
    let file = record.message.file
    // Single precision is used where it lies.
    if let range = record.range(1), range.count == count.multipliedReportingOverflow(by: 4).partialValue {
      return try constant(TensorType(.f32, Shape(shape)), file.data(range), "weights")
    }
    if let range = record.range(2), !range.isEmpty {
      guard range.count == count.multipliedReportingOverflow(by: 2).partialValue else {
        throw malformed("\(range.count) bytes of weights", expected: "2 for each of \(Shape(shape))")
      }
      let stored = try constant(TensorType(.f16, Shape(shape)), file.data(range), "weights")
      return try apply(.dequantize, [stored], shape: shape, type: .f32)
    }
    return try floats(try numbers(record, count: count, channels: shape.first ?? 1), shape)
  }

  func weightNumbers(_ layer: NeuralNetworkLayer, _ number: Int) throws(ModelFormatError) -> [Float] {
    try numbers(try layer.parameters.record(number), count: nil, channels: 1)
  }

  /// - Parameters:
  ///   - count: `nil` where it is not known beforehand.
  ///   - channels: How many equal runs of weights may have a scale of their own.
  func numbers(_ record: ProtobufRecord, count: Int?, channels: Int) throws(ModelFormatError) -> [Float] {
    let file = record.message.file
    let values: [Float]
    if record.has(1) {
      values = try record.floats(1)
    } else if let range = record.range(2), !range.isEmpty {
      try spend(2 * range.count)
      values = file.data(range).floats(.f16)
    } else if let range = record.range(30) ?? record.range(31) {
      values = try unquantized(
        record, file.data(range), isSigned: record.has(31), count: count, channels: channels)
    } else {
      values = []
    }
    if let count, values.count != count { throw malformed("\(values.count) weights", expected: "\(count)") }
    return values
  }

  /// Weights stored as steps of 1 to 8 bits, the first in the highest bits of a byte.
  private func unquantized(
    _ record: ProtobufRecord, _ data: TensorData, isSigned: Bool, count: Int?, channels: Int
  ) throws(ModelFormatError) -> [Float] {
    let rule = try record.record(40)
    let bits = isSigned ? 8 : try rule.integer(1, default: 8)
    guard (1...8).contains(bits) else { throw malformed("weights of \(bits) bits", expected: "1 to 8") }
    let count = count ?? data.byteCount * 8 / bits
    guard count >= 0, count <= data.byteCount * 8 / bits else {
      throw malformed("\(data.byteCount) bytes of weights", expected: "\(bits) bits for each of \(count)")
    }
    try spend(5 * count)
    let steps = data.unpackedHighestFirst(bits: bits, count: count)
    if rule.has(102) {
      let table = try rule.record(102).floats(1)
      guard steps.allSatisfy({ Int($0) < table.count }) else {
        throw malformed("a step beyond the table of \(table.count)", expected: "a value for each")
      }
      return steps.map { table[Int($0)] }
    }
    let linear = try rule.record(101)
    let scales = try linear.floats(1)
    let biases = try linear.floats(2)
    let runs = max(scales.count, 1)
    guard count % runs == 0, runs == 1 || runs == channels,
      biases.isEmpty || biases.count == runs || biases.count == 1
    else {
      throw malformed(
        "\(scales.count) scales and \(biases.count) biases", expected: "1 or one for each channel")
    }
    let run = max(1, count / runs)
    return steps.enumerated().map { index, step in
      let channel = index / run
      let value = isSigned ? Float(Int8(bitPattern: step)) : Float(step)
      let bias = biases.isEmpty ? 0 : biases[biases.count == 1 ? 0 : channel]
      return value * (scales.isEmpty ? 1 : scales[channel]) + bias
    }
  }
}

extension TensorData {
  /// Elements of up to 8 bits, the first in the highest bits.
  ///
  /// - Precondition: There are `count * bits` bits.
  fileprivate func unpackedHighestFirst(bits: Int, count: Int) -> [UInt8] {
    let mask = UInt16(1 << bits) - 1
    return withUnsafeBytes { source in
      (0..<count).map { index in
        let bit = index * bits
        let high = UInt16(source[bit / 8])
        let low = bit / 8 + 1 < source.count ? UInt16(source[bit / 8 + 1]) : 0
        return UInt8(truncatingIfNeeded: (high << 8 | low) >> UInt16(16 - bits - bit % 8) & mask)
      }
    }
  }
}
