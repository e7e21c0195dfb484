import Graph
import Lowering
import Testing

/// Operators that go by indices, on examples small enough to be worked out by hand.
@Suite struct IndexOperatorTests {
  /// Runs one operator on constants of the graph's own types.
  private func result<Element: BitwiseCopyable, Result: BitwiseCopyable>(
    _ op: Operator, _ x: [Element], _ type: TensorType, _ others: [(TensorType, TensorData)] = [],
    declared: TensorType? = nil, as: Result.Type
  ) throws -> [Result] {
    var b = GraphBuilder(name: "indices")
    let input = b.input("x", shape: type.shape, elementType: type.elementType)
    let constants = others.enumerated().map { position, other in
      b.constant("c\(position)", elementType: other.0.elementType, shape: other.0.shape, other.1)
    }
    b.output(b.apply(op, [input] + constants, declared: declared))
    return try evaluate(b.build(), inputs: [TensorData(x)])[0].elements(as: Result.self)
  }

  private func indices(_ values: [Int64], _ shape: Shape) -> (TensorType, TensorData) {
    (TensorType(.i64, shape), TensorData(values))
  }

  @Test func gatherElementsTakesOneElementAnIndexAndCountsFromTheEnd() throws {
    let found = try result(
      .gatherElements(axis: 1), [1, 2, 3, 4, 5, 6] as [Float], TensorType(.f32, [2, 3]),
      [indices([0, -1, 2, 2], [2, 2])], as: Float.self)
    #expect(found == [1, 3, 6, 6])
  }

  @Test func gatherNDTakesSlicesWithinEachBatch() throws {
    let found = try result(
      .gatherND(batchAxes: 1), Array(0..<8).map { Int32($0) }, TensorType(.i32, [2, 2, 2]),
      [indices([1, 0], [2, 1])], as: Int32.self)
    #expect(found == [2, 3, 4, 5])
  }

  @Test func scatterElementsAddsUpdatesThatFallOnOneElement() throws {
    let updates = (TensorType(.i16, [1, 3]), TensorData([10, 20, 40] as [Int16]))
    let found = try result(
      .scatterElements(axis: 1, .add), [1, 2, 3] as [Int16], TensorType(.i16, [1, 3]),
      [indices([0, 0, -1], [1, 3]), updates], as: Int16.self)
    #expect(found == [31, 2, 43])
  }

  @Test func scatterNDLeavesOutIndicesBeyondTheData() throws {
    let updates = (TensorType(.f32, [2, 2]), TensorData([9, 8, 7, 6] as [Float]))
    let found = try result(
      .scatterND(.maximum), [1, 20, 3, 4] as [Float], TensorType(.f32, [2, 2]),
      [indices([0, 5], [2, 1]), updates], as: Float.self)
    #expect(found == [9, 20, 3, 4])
  }

  @Test func reverseSequenceTurnsTheFirstElementsOfEachBatch() throws {
    let found = try result(
      .reverseSequence(batchAxis: 1, timeAxis: 0), [0, 10, 1, 11, 2, 12] as [Int32],
      TensorType(.i32, [3, 2]),
      [indices([3, 2], [2])], as: Int32.self)
    #expect(found == [2, 11, 1, 10, 0, 12])
  }

  @Test(arguments: [true, false]) func topIndicesAreInOrderAndTheLowerOfEqualsComesFirst(largest: Bool) throws
  {
    let values: [UInt64] = [5, .max, 5, 0, 7]
    let found = try result(
      .topIndices(axis: 0, count: 4, largest: largest), values, TensorType(.u64, [5]),
      declared: TensorType(.i64, [4]),
      as: Int64.self)
    #expect(found == (largest ? [1, 4, 0, 2] : [3, 0, 2, 4]))
  }

  @Test func cumulativeSumLeavesTheElementItselfOutAndRunsFromTheEnd() throws {
    let cumulation = Cumulation(kind: .sum, axis: 0, isExclusive: true, isReversed: true)
    let found = try result(
      .cumulative(cumulation), [1, 2, 3] as [Double], TensorType(.f64, [3]), as: Double.self)
    #expect(found == [5, 3, 0])
  }

  @Test func determinantChangesItsSignWithThePivot() throws {
    let found = try result(
      .determinant, [0, 2, 3, 0, 1, 2, 2, 4] as [Float], TensorType(.f32, [2, 2, 2]), as: Float.self)
    #expect(found == [-6, 0])
  }

  @Test func unsignedSixtyFourBitNumbersCompareAndDivideAsSuch() throws {
    let one = (TensorType(.u64, [1]), TensorData([UInt64(2)]))
    let shifted = try result(
      .binary(.shiftRight, activation: .none), [.max, 9] as [UInt64], TensorType(.u64, [2]), [one],
      as: UInt64.self)
    #expect(shifted == [.max >> 2, 2])
    let divided = try result(
      .binary(.divide, activation: .none), [.max, 9] as [UInt64], TensorType(.u64, [2]), [one],
      as: UInt64.self)
    #expect(divided == [.max / 2, 4])
    let greater = try result(
      .binary(.greater, activation: .none), [.max, 1] as [UInt64], TensorType(.u64, [2]), [one],
      as: UInt8.self)
    #expect(greater == [1, 0])
  }

  @Test func bitwiseNotOfBytesStaysWithinThem() throws {
    #expect(
      try result(.unary(.bitwiseNot), [0, 1, 0xF0] as [UInt8], TensorType(.u8, [3]), as: UInt8.self) == [
        0xFF, 0xFE, 0x0F,
      ])
  }

  @Test func infinitiesCountBySign() throws {
    let values: [Float] = [.infinity, -.infinity, .nan, 1]
    let positive = try result(
      .unary(.isInfinite(positive: true, negative: false)), values, TensorType(.f32, [4]), as: UInt8.self)
    #expect(positive == [1, 0, 0, 0])
    #expect(try result(.unary(.isNaN), values, TensorType(.f32, [4]), as: UInt8.self) == [0, 0, 1, 0])
  }

  @Test func longReductionsKeepSixtyFourBits() throws {
    let large = Int64(1) << 40
    let found = try result(
      .reduce(.maximum, axes: [1], keepsDimensions: false), [large, 1, -large, -2], TensorType(.i64, [2, 2]),
      as: Int64.self)
    #expect(found == [large, -2])
  }
}
