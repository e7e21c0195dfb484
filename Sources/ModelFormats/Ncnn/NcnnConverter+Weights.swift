import Graph

// Constants of layers, and the int8 arithmetic that ncnn does with them.

extension NcnnConverter {
  /// A convolution's kernel as the graph has it: `[O, KH, KW, I]`, depthwise `[1, KH, KW, O]`.
  ///
  /// - Parameters:
  ///   - shape: ncnn's: `[O, I, KH, KW]`.
  ///   - isMirrored: Whether the taps are taken in reverse order.
  mutating func kernel(
    _ layer: NcnnLayer, _ shape: Shape, fanIn: Int, isDepthwise: Bool, isMirrored: Bool = false
  ) throws(NcnnError) -> TensorID {
    let name = "\(layer.name)/kernel"
    let stored = try weights.tagged(
      WeightRequest(
        name: name, role: .kernel, shape: shape, fanIn: fanIn, fanOut: fanIn, activation: .none), layer.place)
    let (outputs, depth, taps) = (shape[0], shape[1], shape[2] * shape[3])
    let graphShape: Shape =
      isDepthwise ? [1, shape[2], shape[3], outputs] : [outputs, shape[2], shape[3], depth]
    let isInOrder = taps == 1 || (depth == 1 && !isDepthwise)
    let data =
      isInOrder && !isMirrored
      ? stored.data
      : stored.data.rearranged(elementBytes: stored.type.bitWidth / 8, outputs, depth, taps) { o, i, t in
        let tap = isMirrored ? taps - 1 - t : t
        return isDepthwise ? tap * outputs + o : (o * taps + tap) * depth + i
      }
    return add(Tensor(name: name, elementType: stored.type, shape: graphShape, constant: data))
  }

  mutating func matrix(_ layer: NcnnLayer, _ role: String, rows: Int, columns: Int) throws(NcnnError)
    -> TensorID
  {
    let name = "\(layer.name)/\(role)"
    let stored = try weights.tagged(
      WeightRequest(
        name: name, role: .kernel, shape: [rows, columns], fanIn: columns, fanOut: rows, activation: .none),
      layer.place)
    return add(Tensor(name: name, elementType: stored.type, shape: [rows, columns], constant: stored.data))
  }

  mutating func biases(_ layer: NcnnLayer, _ count: Int, role: String = "bias") throws(NcnnError) -> TensorID
  {
    try vector(layer, role, .bias, [count])
  }

  /// Plain numbers: biases, scales, statistics.
  mutating func vector(
    _ layer: NcnnLayer, _ name: String, _ role: WeightRequest.Role, _ shape: Shape
  ) throws(NcnnError) -> TensorID {
    let full = "\(layer.name)/\(name)"
    let data = try weights.plain(
      WeightRequest(name: full, role: role, shape: shape, fanIn: 1, fanOut: 1, activation: .none), layer.place
    )
    return add(Tensor(name: full, elementType: .f32, shape: shape, constant: data))
  }

  /// Scales of an int8 layer: integer = scale * real.
  struct Int8Scales {
    var weights: [Float]
    var input: Float
    /// Where the result is made integer again.
    var output: Float?
  }

  /// The scales that follow an int8 layer's weights; `nil` where it computes in floating point.
  ///
  /// Without a file they are the ones that suit seeded weights: weights fill the range, activations reach 6.
  mutating func scales(
    _ layer: NcnnLayer, _ window: Window, isGrouped: Bool
  ) throws(NcnnError) -> Int8Scales? {
    // 1 and 101: a scale for each group, also of activations; 2 and 102: one for all. Above 100 the result is integer.
    let term = window.int8Term
    guard term != 0 else { return nil }
    let weightScales = !isGrouped ? window.outputs : term % 100 == 1 ? window.groups : 1
    return try int8Scales(layer, weightScales: weightScales, outputs: window.outputs, hasOutput: term > 100)
  }

  mutating func int8Scales(
    _ layer: NcnnLayer, weightScales: Int, outputs: Int, hasOutput: Bool
  ) throws(NcnnError) -> Int8Scales {
    guard weights.isFile else {
      return Int8Scales(
        weights: Array(repeating: 127, count: outputs), input: 127 / 6, output: hasOutput ? 127 / 6 : nil)
    }
    func numbers(_ role: String, _ count: Int) throws(NcnnError) -> [Float] {
      let id = try vector(layer, role, .scale, [count])
      let values = graph[id].constant?.elements(as: Float.self) ?? []
      guard values.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
        throw NcnnError(
          place: layer.place, found: "its \(role) is negative or no number", expected: "0 or more")
      }
      return values
    }
    let each = try numbers("weight-scales", weightScales)
    let input = try numbers("input-scale", 1)[0]
    let output = hasOutput ? try numbers("output-scale", 1)[0] : nil
    guard input > 0, output.map({ $0 > 0 }) ?? true else {
      throw NcnnError(place: layer.place, found: "an activation scale of 0", expected: "more than 0")
    }
    let repeats = outputs / max(1, weightScales)
    return Int8Scales(
      weights: each.flatMap { Array(repeating: $0, count: repeats) }, input: input, output: output)
  }

  /// Activations rounded to 8 bits and back, as ncnn feeds an int8 layer.
  mutating func quantized(
    _ id: TensorID, _ scales: Int8Scales?, _ layer: NcnnLayer
  ) throws(NcnnError) -> TensorID {
    guard let scales else { return id }
    return try rounded(id, scale: scales.input, layer)
  }

  mutating func requantized(
    _ id: TensorID, _ scales: Int8Scales?, _ layer: NcnnLayer
  ) throws(NcnnError) -> TensorID {
    guard let output = scales?.output else { return id }
    return try rounded(id, scale: output, layer)
  }

  private mutating func rounded(
    _ id: TensorID, scale: Float, _ layer: NcnnLayer
  ) throws(NcnnError) -> TensorID {
    let steps = try emit(
      .quantize(.halfAwayFromZero), [id], layer, elementType: .i8,
      quantization: .perTensor(scale: 1 / scale, zeroPoint: 0))
    return try emit(.dequantize, [steps], layer, elementType: .f32)
  }

  /// Weights as the kernel computes with them. Those of an int8 layer are the numbers that their 8 bits stand for: sums of
  /// products of integers and of these numbers are the same but for the rounding of sums.
  mutating func widened(
    _ kernel: TensorID, _ scales: Int8Scales?, axis: Int, _ layer: NcnnLayer
  ) throws(NcnnError) -> TensorID {
    switch graph[kernel].elementType {
    case .i8:
      guard let scales else {
        throw NcnnError(
          place: layer.place, found: "int8 weights without scales",
          expected: "parameter 8 to say that it has them")
      }
      replaceWeights(kernel, scales.weights, axis: axis) { (bytes: UnsafeBufferPointer<Int8>, i, scale) in
        Float(bytes[i]) / scale
      }
    case .f32 where scales != nil:
      // Without a file nobody chose the scales: each channel fills the range.
      let factors = weights.isFile ? scales?.weights : nil
      guard let factors = factors ?? fullRange(kernel, axis: axis) else { return kernel }
      replaceWeights(kernel, factors, axis: axis) { (values: UnsafeBufferPointer<Float>, i, scale) in
        let step = (values[i] * scale).rounded()
        return step.isNaN ? 0 : max(-127, min(127, step)) / scale
      }
    case .f16:
      return try emit(.dequantize, [kernel], layer, elementType: .f32)
    default: break
    }
    return kernel
  }

  /// Weights of one channel are `inner` apart from the next's.
  private func channelStride(_ shape: Shape, axis: Int) -> Int {
    shape.dimensions[(axis + 1)...].reduce(1, *)
  }

  private mutating func replaceWeights<Element>(
    _ kernel: TensorID, _ scales: [Float], axis: Int,
    _ value: (UnsafeBufferPointer<Element>, Int, Float) -> Float
  ) {
    let shape = graph[kernel].shape
    guard let data = graph[kernel].constant, let count = shape.elementCount else { return }
    let (inner, channels) = (channelStride(shape, axis: axis), shape[axis])
    let usable = scales.map { $0 > 0 && $0.isFinite ? $0 : 1 }
    let values = data.withUnsafeBytes { bytes in
      let elements = bytes.bindMemory(to: Element.self)
      return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        // Runs of one channel: a division for each element would take longer than the arithmetic.
        for start in stride(from: 0, to: count, by: inner) {
          let scale = usable[(start / inner) % channels]
          for i in start..<start + inner { buffer[i] = value(elements, i, scale) }
        }
        initialized = count
      }
    }
    graph[kernel].elementType = .f32
    graph[kernel].constant = TensorData(values)
  }

  /// The scales that put each channel's largest weight at 127; `nil` where nobody looks at the values.
  private func fullRange(_ kernel: TensorID, axis: Int) -> [Float]? {
    let shape = graph[kernel].shape
    guard weights.hasValues, let values = graph[kernel].constant?.elements(as: Float.self) else { return nil }
    let (inner, channels) = (channelStride(shape, axis: axis), shape[axis])
    var largest = [Float](repeating: 0, count: channels)
    for (i, value) in values.enumerated() {
      let channel = (i / inner) % channels
      largest[channel] = max(largest[channel], abs(value))
    }
    return largest.map { 127 / $0 }
  }
}

extension TensorData {
  /// The elements `[outputs, depth, taps]` moved to where `position` says.
  fileprivate func rearranged(
    elementBytes: Int, _ outputs: Int, _ depth: Int, _ taps: Int, to position: (Int, Int, Int) -> Int
  ) -> TensorData {
    func moved<Element: FixedWidthInteger & BitwiseCopyable>(_ type: Element.Type) -> TensorData {
      var result = [Element](repeating: 0, count: outputs * depth * taps)
      withUnsafeBytes { bytes in
        var source = 0
        for o in 0..<outputs {
          for i in 0..<depth {
            for t in 0..<taps {
              result[position(o, i, t)] = bytes.loadUnaligned(
                fromByteOffset: source * MemoryLayout<Element>.size, as: type)
              source += 1
            }
          }
        }
      }
      return TensorData(result)
    }
    switch elementBytes {
    case 1: return moved(UInt8.self)
    case 2: return moved(UInt16.self)
    default: return moved(UInt32.self)
    }
  }
}
