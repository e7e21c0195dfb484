import CKernels
import Statistics
import Testing

/// Parameters with so many conditions that random words never meet them: mostly right, one of them wrong at times.
@Suite struct HostileIndicesTests {
  private struct Shapes {
    var rank: UInt32
    var axis: UInt32
    var data: [UInt64]
    var indices: [UInt64]

    init(_ random: inout SeededGenerator) {
      rank = UInt32(random.index(below: 8))
      axis = UInt32(random.index(below: 7))
      let huge: [UInt64] = [.max, 1 << 63, 1 << 32, 0]
      func extent() -> UInt64 {
        random.index(below: 40) == 0 ? huge[random.index(below: huge.count)] : UInt64(random.int(in: 1...3))
      }
      data = (0..<6).map { _ in extent() }
      indices = (0..<6).map { _ in extent() }
    }
  }

  /// Runs what is accepted, on indices that say anything; how often that was.
  private func runAccepted<Params: BitwiseCopyable>(
    _ op: eb_op, operandCount: Int, _ makeParams: (Shapes, inout SeededGenerator) -> Params
  ) throws -> Int {
    let entry = try #require(eb_operator_for(UInt32(op.rawValue)))
    let (accepts, run) = (try #require(entry.pointee.accepts), try #require(entry.pointee.run))
    var random = SeededGenerator(seed: UInt64(op.rawValue))
    var context = eb_context(threads: 1, pool: nil)
    var acceptedCount = 0
    for _ in 0..<20_000 {
      let params = makeParams(Shapes(&random), &random)
      let operands = (0..<operandCount).map { _ in
        Operand((0..<random.index(below: 600)).map { _ in UInt8(truncatingIfNeeded: random.next()) })
      }
      let sizes = operands.map(\.byteCount)
      guard withUnsafeBytes(of: params, { accepts($0.baseAddress, sizes, sizes.count) }) else { continue }
      acceptedCount += 1
      let addresses = operands.map(\.address)
      withUnsafeBytes(of: params) { run($0.baseAddress, addresses, &context) }
      for operand in operands { try #require(operand.hasIntactGuards, "\(params) \(sizes)") }
    }
    return acceptedCount
  }

  @Test func gatherElementsStaysWithinItsOperands() throws {
    let accepted = try runAccepted(EB_OP_GATHER_ELEMENTS, operandCount: 3) { shapes, random in
      eb_gather_elements_params(
        rank: shapes.rank, axis: shapes.axis, in_shape: six(shapes.data), index_shape: six(shapes.indices),
        element_bytes: UInt32(random.index(below: 9)), index_type: UInt32(random.int(in: 7...10)))
    }
    #expect(accepted > 100)
  }

  @Test func scatterElementsStaysWithinItsOperands() throws {
    let accepted = try runAccepted(EB_OP_SCATTER_ELEMENTS, operandCount: 4) { shapes, random in
      eb_scatter_elements_params(
        rank: shapes.rank, axis: shapes.axis, in_shape: six(shapes.data), index_shape: six(shapes.indices),
        type: UInt32(random.index(below: 25)), index_type: UInt32(random.int(in: 7...10)),
        kind: UInt32(random.index(below: 6)), padding: 0)
    }
    #expect(accepted > 100)
  }
}
