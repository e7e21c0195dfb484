import CKernels
import Foundation
import Statistics
import Testing

/// The inner loops of norms, attention and recurrent layers on each instruction set against the scalar ones, for every
/// remainder of the vectors' length, at addresses that are no vector's.
@Suite struct VectorKernelTests {
  /// Half an ulp of 1: the relative error of one rounding.
  static let u = 0x1p-24
  /// Every remainder of two blocks of lanes, and rows of several.
  static let counts = Array(0...67) + [128, 191]

  static let vectorInstructionSets = supportedInstructionSets.filter { $0 != EB_ISA_SCALAR }

  private let scalar = kernels(EB_ISA_SCALAR)

  /// `count` random floats that begin one float after a vector's address.
  private final class Row {
    private let memory: UnsafeMutablePointer<Float>
    let count: Int

    init(_ values: [Float]) {
      count = values.count
      memory = .allocate(capacity: count + 1)
      memory.initialize(repeating: .nan, count: count + 1)
      for (index, value) in values.enumerated() { memory[index + 1] = value }
    }

    deinit { memory.deallocate() }

    var start: UnsafeMutablePointer<Float> { memory + 1 }
    var values: [Float] { (0..<count).map { start[$0] } }
  }

  /// Holds `kernel` of each instruction set, which changes the row in place, against that of the scalar one.
  ///
  /// - Parameter bound: What the two may differ by at an index: twice what one may be off.
  private func expectTwins(
    _ isa: eb_isa, _ row: [Float], _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
    kernel: (eb_vector_kernels, UnsafeMutablePointer<Float>) -> Void, bound: (Int) -> Double
  ) {
    let (fast, slow) = (Row(row), Row(row))
    kernel(kernels(isa), fast.start)
    kernel(scalar, slow.start)
    for (index, (y, expected)) in zip(fast.values, slow.values).enumerated() {
      let difference = abs(Double(y) - Double(expected))
      guard difference <= bound(index) else {
        Issue.record("\(what), at \(index): \(y), not \(expected)", sourceLocation: sourceLocation)
        return
      }
    }
  }

  @Test(arguments: vectorInstructionSets) func rootMeanSquareNorm(isa: eb_isa) {
    var random = SeededGenerator(seed: 161)
    for count in Self.counts where count > 0 {
      let scale = Row(random.floats(count))
      for hasScale in [false, true] {
        let row = random.floats(count)
        expectTwins(isa, row, "seed 161: \(count) elements") { kernels, row in
          kernels.rms_norm_f32_row(count, 1e-5, row, hasScale ? scale.start : nil, row)
        } bound: { index in
          // The sum of squares is off by count + 1 roundings, its root by half of that; four operations follow.
          let squares = row.reduce(0) { $0 + Double($1 * $1) } / Double(count) + 1e-5
          let result =
            abs(Double(row[index])) / squares.squareRoot() * (hasScale ? abs(Double(scale.start[index])) : 1)
          return 2 * (Double(count + 1) / 2 + 5) * Self.u * result
        }
      }
    }
  }

  @Test(arguments: vectorInstructionSets) func sumsOfDeviations(isa: eb_isa) {
    var random = SeededGenerator(seed: 162)
    for count in Self.counts {
      let (input, mean, sums) = (Row(random.floats(count)), Row(random.floats(count)), random.floats(count))
      expectTwins(isa, sums, "seed 162: \(count) elements") { kernels, row in
        kernels.accumulate_deviation_f32(count, input.start, mean.start, row)
      } bound: { index in
        // The difference counts twice in its square, which is rounded; then the sum is.
        let square = pow(Double(input.start[index]) - Double(mean.start[index]), 2)
        return 2 * (4 * square + abs(Double(sums[index]))) * Self.u
      }
    }
  }

  @Test(arguments: vectorInstructionSets) func standardizedRows(isa: eb_isa) {
    var random = SeededGenerator(seed: 163)
    for count in Self.counts {
      let (mean, factor, bias) = (
        Row(random.floats(count)), Row(random.floats(count)), Row(random.floats(count))
      )
      let row = random.floats(count)
      expectTwins(isa, row, "seed 163: \(count) elements") { kernels, row in
        kernels.standardize_f32(count, row, mean.start, factor.start, bias.start, row)
      } bound: { index in
        let product = abs((Double(row[index]) - Double(mean.start[index])) * Double(factor.start[index]))
        return 2 * (3 * product + abs(Double(bias.start[index]))) * Self.u
      }
    }
  }

  @Test(arguments: vectorInstructionSets) func scaledSums(isa: eb_isa) {
    var random = SeededGenerator(seed: 164)
    for count in Self.counts {
      let (input, row) = (Row(random.floats(count)), random.floats(count))
      expectTwins(isa, row, "seed 164: \(count) elements") { kernels, row in
        kernels.add_scaled_f32(count, 0.7, input.start, row)
      } bound: { index in
        2 * (2 * 0.7 * abs(Double(input.start[index])) + abs(Double(row[index]))) * Self.u
      }
    }
  }

  @Test(arguments: vectorInstructionSets) func cappedScores(isa: eb_isa) {
    var random = SeededGenerator(seed: 165)
    for count in Self.counts {
      let row = random.floats(count, in: -90...90)
      expectTwins(isa, row, "seed 165: \(count) elements") { kernels, row in
        kernels.softcap_f32(count, 30, row)
      } bound: { index in
        // tanh is off by 4 ulps (vector-math.h) and, as its argument, by two roundings, which it does not enlarge.
        2 * (4 * 2 + 2 + 1) * Self.u * abs(30 * tanh(Double(row[index]) / 30))
      }
    }
  }

  @Test(arguments: vectorInstructionSets) func scoresOfAQuery(isa: eb_isa) {
    var random = SeededGenerator(seed: 166)
    for depth in Self.counts {
      let (keys, stride) = (5, depth + 3)
      let (query, key) = (Row(random.floats(depth)), Row(random.floats(keys * stride)))
      expectTwins(isa, [Float](repeating: 0, count: keys), "seed 166: depth \(depth)") { kernels, row in
        kernels.attention_scores_f32(keys, depth, 0.125, query.start, key.start, stride, row)
      } bound: { index in
        let magnitude = (0..<depth).reduce(0.0) {
          $0 + abs(Double(query.start[$1] * key.start[index * stride + $1]))
        }
        return 2 * Double(depth + 2) * Self.u * 0.125 * magnitude
      }
    }
  }

  @Test(arguments: vectorInstructionSets) func mixesOfValues(isa: eb_isa) {
    var random = SeededGenerator(seed: 167)
    for depth in Self.counts {
      let (keys, stride) = (9, depth + 1)
      let (weights, value) = (Row(random.floats(keys)), Row(random.floats(keys * stride)))
      expectTwins(isa, [Float](repeating: .nan, count: depth), "seed 167: depth \(depth)") { kernels, row in
        kernels.attention_mix_f32(keys, depth, weights.start, value.start, stride, row)
      } bound: { index in
        let magnitude = (0..<keys).reduce(0.0) {
          $0 + abs(Double(weights.start[$1] * value.start[$1 * stride + index]))
        }
        return 2 * Double(keys + 2) * Self.u * magnitude
      }
    }
  }

  /// One row of an LSTM's step: sigmoids for the gates, tanh for candidate and output, with and without peepholes.
  @Test(arguments: vectorInstructionSets, [false, true]) func stepsOfAnLSTM(isa: eb_isa, hasPeepholes: Bool) {
    var random = SeededGenerator(seed: 168)
    let functions = [EB_RECURRENT_SIGMOID, EB_RECURRENT_TANH, EB_RECURRENT_TANH].map {
      eb_recurrent_activation(kind: UInt32($0.rawValue), alpha: 0, beta: 0)
    }
    for hidden in Self.counts where hidden > 0 {
      let (x, r, cell) = (random.floats(4 * hidden), Row(random.floats(4 * hidden)), random.floats(hidden))
      let peepholes = Row(random.floats(3 * hidden, in: -0.5...0.5))
      // The row is the new state; the new cells follow it.
      expectTwins(isa, [Float](repeating: 0, count: hidden) + cell, "seed 168: \(hidden) cells") {
        kernels, row in
        let gates = Row(x)
        functions.withUnsafeBufferPointer { functions in
          var step = eb_recurrent_row()
          (step.kind, step.hidden, step.clip) = (EB_RECURRENCE_LSTM.rawValue, hidden, .infinity)
          (step.functions, step.x, step.r) = (functions.baseAddress, gates.start, UnsafePointer(r.start))
          step.peepholes = hasPeepholes ? UnsafePointer(peepholes.start) : nil
          (step.cell, step.state) = (row + hidden, row)
          kernels.recurrent_row_f32(&step)
        }
      } bound: { index in
        // Arguments are sums of at most three terms of at most 3 + 3 + 1.5: two roundings of 7.5, which a sigmoid
        // quarters and tanh keeps. Both are off by 4 ulps, 8 u, of at most 1. So a gate is off by 12 u and the candidate
        // by 23 u, the cell (at most 3 before) by 3 * 12 u + 12 u + 23 u and three roundings of 4, the output gate by
        // half an ulp's share of the cell's error more, the state by both, tanh's 8 u and a rounding.
        let cellError = (3 * 12 + 12 + 23 + 3 * 4) * Self.u
        let stateError = cellError + (12 + 8 + 1) * Self.u + 0.5 * cellError / 4
        return 2 * (index < hidden ? stateError : cellError)
      }
    }
  }
}
