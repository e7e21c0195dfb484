import Graph

// Windows over tensors of any rank, and spread elements.

extension TFLiteConverter {
  /// Puts `dilations[i] - 1` paddings between the elements along axis `i`.
  mutating func dilate(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let dilations = try integers(op, 1, "dilations")
    let padding = try number(try input(op, 2), "a padding value", op)
    let rank = shape(of: x).rank
    guard dilations.count == rank, dilations.allSatisfy({ (1...1 << 15).contains($0) }) else {
      throw malformed(
        op, "dilations \(dilations.prefix(9)) of \(graph[x].type)", expected: "\(rank) from 1 to 32768")
    }
    let quantization = graph[x].quantization
    var result = x
    for axis in 0..<rank where dilations[axis] > 1 {
      let dimensions = shape(of: result).dimensions
      let outer = dimensions[..<axis].reduce(1, *)
      let inner = dimensions[(axis + 1)...].reduce(1, *)
      let spread = try intermediate(
        .reshape, [result], op, shape: [outer, dimensions[axis], 1, inner], quantization: quantization)
      let padded = try intermediate(
        .pad(before: [0, 0, 0, 0], after: [0, 0, dilations[axis] - 1, 0], mode: .constant(padding)), [spread],
        op,
        quantization: quantization)
      let flat = try intermediate(
        .reshape, [padded], op, shape: [outer, dimensions[axis] * dilations[axis], inner],
        quantization: quantization)
      var wanted = dimensions
      wanted[axis] = (dimensions[axis] - 1) * dilations[axis] + 1
      let cut = try intermediate(
        .slice(begin: [0, 0, 0], strides: [1, 1, 1]), [flat], op, shape: [outer, wanted[axis], inner],
        quantization: quantization)
      result = try intermediate(.reshape, [cut], op, shape: Shape(wanted), quantization: quantization)
    }
    try emit(.reshape, [result], op, shape: shape(of: result))
  }

  /// Inputs: x, a first value, window, strides, dilations of the window.
  mutating func reduceWindow(_ op: TFLiteOperator) throws(ModelFormatError) {
    let code: Int32 = try options2(op, 20)?.scalar(0, default: 0) ?? 0
    let functions: [Int32: Binary] = [
      1: .add, 2: .multiply, 3: .minimum, 4: .maximum, 5: .logicalAnd, 6: .logicalOr,
    ]
    guard let function = functions[code] else {
      throw malformed(op, "function \(code)", expected: "1 to 6")
    }
    let window = WindowForm(
      extents: try integers(op, 2, "a window"), strides: try integers(op, 3, "strides"),
      dilations: try integers(op, 4, "dilations"))
    try emit(try windowed(try input(op, 0), try input(op, 1), function, window, op), op)
  }

  /// A window along every axis.
  struct WindowForm {
    var extents: [Int]
    var strides: [Int]
    var dilations: [Int]
  }

  /// A strided slice for each place of the window, combined one after the other.
  mutating func windowed(
    _ x: TensorID, _ first: TensorID, _ function: Binary, _ window: WindowForm, _ op: TFLiteOperator
  ) throws(ModelFormatError) -> TensorID {
    let rank = shape(of: x).rank
    let all = [window.extents, window.strides, window.dilations]
    guard all.allSatisfy({ $0.count == rank && $0.allSatisfy { (1...1 << 15).contains($0) } }),
      let places = Shape(window.extents).elementCount, places <= 1 << 10
    else {
      throw unsupported(describe(op), "has a window of \(window.extents.prefix(9))")
    }
    let source = shape(of: x)
    var result: [Int] = []
    for axis in 0..<rank {
      let reach = (window.extents[axis] - 1) * window.dilations[axis] + 1
      guard source[axis] >= reach else {
        throw malformed(op, "a window of \(reach) on \(source)", expected: "one that fits")
      }
      result.append((source[axis] - reach) / window.strides[axis] + 1)
    }
    var total = first
    var place = Array(repeating: 0, count: rank)
    for _ in 0..<places {
      let part = try intermediate(
        .slice(begin: (0..<rank).map { place[$0] * window.dilations[$0] }, strides: window.strides), [x], op,
        shape: Shape(result))
      total = try intermediate(.binary(function, activation: .none), [total, part], op)
      var axis = rank - 1
      while axis >= 0 {
        place[axis] += 1
        if place[axis] < window.extents[axis] { break }
        place[axis] = 0
        axis -= 1
      }
    }
    return total
  }
}
