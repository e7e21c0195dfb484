import CKernels
import Statistics
import Testing

/// Bytes that an operator may touch, between two guards that it may not.
final class Operand {
  private static let guardBytes = 64
  private static let guardByte: UInt8 = 0xA5
  private let buffer: UnsafeMutableRawBufferPointer
  let byteCount: Int

  init(byteCount: Int) {
    self.byteCount = byteCount
    buffer = .allocate(byteCount: byteCount + 2 * Self.guardBytes, alignment: 64)
    buffer.initializeMemory(as: UInt8.self, repeating: Self.guardByte)
  }

  convenience init<Element: BitwiseCopyable>(_ elements: [Element]) {
    self.init(byteCount: elements.count * MemoryLayout<Element>.stride)
    elements.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: contents).copyMemory(from: $0) }
  }

  /// Room for `count` elements, each byte of them the guards'.
  convenience init<Element: BitwiseCopyable>(room count: Int, of type: Element.Type) {
    self.init(byteCount: count * MemoryLayout<Element>.stride)
  }

  deinit { buffer.deallocate() }

  private var contents: Slice<UnsafeMutableRawBufferPointer> {
    buffer[Self.guardBytes..<Self.guardBytes + byteCount]
  }

  var address: UnsafeMutableRawPointer? { buffer.baseAddress.map { $0 + Self.guardBytes } }

  func elements<Element: BitwiseCopyable>(_ type: Element.Type) -> [Element] {
    Array(UnsafeMutableRawBufferPointer(rebasing: contents).bindMemory(to: type))
  }

  var hasIntactGuards: Bool {
    (buffer.prefix(Self.guardBytes) + buffer.suffix(Self.guardBytes)).allSatisfy { $0 == Self.guardByte }
  }
}

func accepts<Params>(_ op: eb_op, _ params: Params, _ sizes: [Int]) throws -> Bool {
  let entry = try #require(eb_operator_for(UInt32(op.rawValue)))
  let function = try #require(entry.pointee.accepts)
  #expect(Int(entry.pointee.params_bytes) == MemoryLayout<Params>.stride)
  return withUnsafeBytes(of: params) { function($0.baseAddress, sizes, sizes.count) }
}

/// How many threads `run` gives an operator; it then shares work however small.
enum OperatorThreads {
  @TaskLocal static var count = 1
}

func makePool(_ threads: UInt32, scratchBytes: Int = 0) throws -> OpaquePointer {
  let pool: OpaquePointer? = eb_pool_create(threads, scratchBytes)
  return try #require(pool, "the system gives no threads")
}

/// Runs an operator, after checking that it accepts operands of these sizes; its guards must stay as they were.
func run<Params>(
  _ op: eb_op, _ params: Params, _ operands: [Operand], sourceLocation: SourceLocation = #_sourceLocation
) throws {
  try #require(
    try accepts(op, params, operands.map(\.byteCount)), "refused", sourceLocation: sourceLocation)
  let entry = try #require(eb_operator_for(UInt32(op.rawValue)))
  let function = try #require(entry.pointee.run)
  let threads = UInt32(OperatorThreads.count)
  let scratchBytes = operands.count > 3 ? operands[3].byteCount : 0
  let pool = threads > 1 ? try makePool(threads, scratchBytes: scratchBytes) : nil
  defer { eb_pool_destroy(pool) }
  if let pool { eb_pool_share_always(pool) }
  var context = eb_context(threads: threads, pool: pool)
  let addresses = operands.map(\.address)
  withUnsafeBytes(of: params) { function($0.baseAddress, addresses, &context) }
  for (index, operand) in operands.enumerated() {
    #expect(
      operand.hasIntactGuards, "operand \(index) was written past its end", sourceLocation: sourceLocation)
  }
}

/// An operator with an operand one byte short must be refused.
func expectRefusalOfShortOperands<Params>(
  _ op: eb_op, _ params: Params, _ operands: [Operand], sourceLocation: SourceLocation = #_sourceLocation
) throws {
  for index in operands.indices where operands[index].byteCount > 0 {
    var sizes = operands.map(\.byteCount)
    sizes[index] -= 1
    #expect(
      try !accepts(op, params, sizes), "operand \(index) one byte short", sourceLocation: sourceLocation)
  }
}

/// The kernels of each instruction set that this processor has.
let supportedInstructionSets = [EB_ISA_SCALAR, EB_ISA_AVX2, EB_ISA_AVX512, EB_ISA_NEON].filter(
  eb_isa_is_supported)

func kernels(_ isa: eb_isa) -> eb_vector_kernels { eb_vector_kernels_for(isa).pointee }

typealias Six<Element> = (Element, Element, Element, Element, Element, Element)

/// Up to six values as C's array of six; the rest are 0.
func six<Element: FixedWidthInteger>(_ values: [Element]) -> Six<Element> {
  let v = values + Array(repeating: 0, count: 6 - values.count)
  return (v[0], v[1], v[2], v[3], v[4], v[5])
}

extension SeededGenerator {
  mutating func float(in range: ClosedRange<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * Float(unitInterval())
  }

  mutating func floats(_ count: Int, in range: ClosedRange<Float> = -3...3) -> [Float] {
    (0..<count).map { _ in float(in: range) }
  }

  mutating func int(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + index(below: range.upperBound - range.lowerBound + 1)
  }

  /// A shape of up to `rank` axes of 1 to `longest`.
  mutating func shape(rank: ClosedRange<Int> = 0...5, longest: Int = 5) -> [Int] {
    (0..<int(in: rank)).map { _ in int(in: 1...longest) }
  }
}

/// Every index of a shape, outermost axis first.
func indices(of shape: [Int]) -> [[Int]] {
  shape.reduce([[]]) { prefixes, length in prefixes.flatMap { prefix in (0..<length).map { prefix + [$0] } } }
}

/// Strides of a dense tensor, in elements.
func denseStrides(_ shape: [Int]) -> [Int] {
  var strides = Array(repeating: 1, count: shape.count)
  for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
  return strides
}

func offset(_ index: [Int], _ strides: [Int]) -> Int { zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 } }

/// One unit in the last place of an f32 near `value`; that of the smallest normal number below it.
func ulp(_ value: Double) -> Double {
  Double(Float(max(abs(value), Double(Float.leastNormalMagnitude))).ulp)
}
