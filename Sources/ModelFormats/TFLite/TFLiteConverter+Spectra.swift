import Glibc
import Graph

// Spectra. A graph has no complex numbers: the real and the imaginary part of each are tensors of their own.

extension TFLiteConverter {
  /// The spectrum of real signals along the last axis, or the last two: products with the waves.
  mutating func realSpectrum(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let lengths = try integers(op, 1, "lengths")
    let dimensions = shape(of: x).dimensions
    guard lengths.count == 2, dimensions.count >= 2, lengths.allSatisfy({ (1...1 << 13).contains($0) }) else {
      throw malformed(op, "lengths \(lengths.prefix(9)) of \(graph[x].type)", expected: "two from 1 to 8192")
    }
    let rows = try fitted(x, axis: dimensions.count - 2, to: lengths[0], op)
    let signal = try fitted(rows, axis: dimensions.count - 1, to: lengths[1], op)
    let bins = lengths[1] / 2 + 1
    let real = try waves(signal, length: lengths[1], bins: bins, isSine: false, op)
    let imaginary = try waves(signal, length: lengths[1], bins: bins, isSine: true, op)
    let index = try outputIndex(op)
    guard lengths[0] > 1 else {
      scope.complexParts[index] = (real, imaginary)
      return
    }
    // Along the other axis the signal is complex: (a + ib)(c - is) = (ac + bs) + i(bc - as).
    func column(_ converter: inout TFLiteConverter, _ part: TensorID, isSine: Bool) throws(ModelFormatError)
      -> TensorID
    {
      var order = Array(0..<dimensions.count)
      order.swapAt(dimensions.count - 1, dimensions.count - 2)
      let turned = try converter.intermediate(.transpose(permutation: order), [part], op)
      let product = try converter.waves(turned, length: lengths[0], bins: lengths[0], isSine: isSine, op)
      return try converter.intermediate(.transpose(permutation: order), [product], op)
    }
    let cosines = (try column(&self, real, isSine: false), try column(&self, imaginary, isSine: false))
    // These are already times -sine.
    let sines = (try column(&self, real, isSine: true), try column(&self, imaginary, isSine: true))
    scope.complexParts[index] = (
      try intermediate(.binary(.subtract, activation: .none), [cosines.0, sines.1], op),
      try sum(cosines.1, sines.0, op)
    )
  }

  /// Cut, or filled with zeros, to `length` along the axis.
  private mutating func fitted(_ x: TensorID, axis: Int, to length: Int, _ op: TFLiteOperator)
    throws(ModelFormatError)
    -> TensorID
  {
    let dimensions = shape(of: x).dimensions
    if dimensions[axis] == length { return x }
    if dimensions[axis] > length {
      var taken = dimensions
      taken[axis] = length
      let zeros = dimensions.map { _ in 0 }
      return try intermediate(
        .slice(begin: zeros, strides: dimensions.map { _ in 1 }), [x], op, shape: Shape(taken))
    }
    var after = dimensions.map { _ in 0 }
    after[axis] = length - dimensions[axis]
    return try intermediate(
      .pad(before: dimensions.map { _ in 0 }, after: after, mode: .constant(0)), [x], op)
  }

  /// The sums of the last axis times cosines, or times minus sines, of the first `bins` frequencies.
  private mutating func waves(
    _ x: TensorID, length: Int, bins: Int, isSine: Bool, _ op: TFLiteOperator
  ) throws(ModelFormatError) -> TensorID {
    guard assembler.spend(4 * length * bins) else {
      throw unsupported(
        describe(op), "needs waves of \(length) by \(bins), more than the model's size allows")
    }
    var table: [Float] = []
    table.reserveCapacity(length * bins)
    let circle = (0..<length).map { step -> Float in
      let angle = 2 * Double.pi * Double(step) / Double(length)
      return Float(isSine ? -sin(angle) : cos(angle))
    }
    for bin in 0..<bins {
      for place in 0..<length { table.append(circle[bin * place % length]) }
    }
    let matrix = constant(table, [bins, length], isSine ? "sines" : "cosines")
    return try intermediate(
      .fullyConnected(activation: .none, keepsLeadingAxes: true), [x, matrix], op)
  }

  /// The parts of complex input 0.
  private func parts(_ op: TFLiteOperator) throws(ModelFormatError) -> (real: TensorID, imaginary: TensorID) {
    guard let parts = scope.complexParts[try index(op, 0)] else {
      throw unsupported(describe(op), "is \(op.name) of complex numbers that no RFFT2D makes")
    }
    return parts
  }

  mutating func complexPart(_ op: TFLiteOperator) throws(ModelFormatError) {
    let parts = try parts(op)
    try emit(op.name == "REAL" ? parts.real : parts.imaginary, op)
  }

  mutating func complexMagnitude(_ op: TFLiteOperator) throws(ModelFormatError) {
    let parts = try parts(op)
    let squares = (
      try intermediate(.unary(.square), [parts.real], op),
      try intermediate(.unary(.square), [parts.imaginary], op)
    )
    try emit(.unary(.sqrt), [try sum(squares.0, squares.1, op)], op)
  }
}
