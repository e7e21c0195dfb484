/// How much of each class of work there is; independent of the machine.
public struct Work: Sendable, Equatable {
  /// Activations that layers read and write.
  public enum Traffic: String, Sendable, CaseIterable {
    /// Of element-wise layers, which stay in floating point where products are in int8.
    case wide = "traffic"
    /// Copies of images with borders, which are in the type of the product that wants them.
    case narrow = "narrow-traffic"
    /// Of products: in 8 bits beside another product in int8, else in floating point.
    case operands = "operand-traffic"
    case wideOperands = "wide-operand-traffic"

    /// The class of work that passing them through the caches is.
    public var workClass: WorkClass { self == .wide || self == .narrow ? .cache : .operands }
    public var isWide: Bool { self == .wide || self == .wideOperands }
  }

  /// Multiply-accumulates, elements, or starts, in the order of ``WorkClass/allCases``; by the number of channels that threads share out
  /// among them, 0 where that does not matter.
  public private(set) var amounts = Array(repeating: [Int: Double](), count: WorkClass.allCases.count)
  /// Elements, in the order of ``Traffic/allCases``, by the power of two that the layer's larger operand has elements.
  public private(set) var traffic = Array(
    repeating: [Double](repeating: 0, count: Self.buckets), count: Traffic.allCases.count)

  public static let buckets = 32

  public init() {}

  public subscript(workClass: WorkClass) -> Double {
    amounts[workClass.index].sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
  }

  public mutating func add(_ workClass: WorkClass, _ amount: Double, width: Int = 0) {
    amounts[workClass.index][width, default: 0] += amount
  }

  /// Traffic of a layer whose larger operand has `largest` elements.
  public mutating func add(_ kind: Traffic, _ elements: Double, largest: Int) {
    add(kind, elements, bucket: Int.bitWidth - 1 - max(1, largest).leadingZeroBitCount)
  }

  public mutating func add(_ kind: Traffic, _ elements: Double, bucket: Int) {
    traffic[kind.index][max(0, min(Self.buckets - 1, bucket))] += elements
  }

  public mutating func add(_ other: Work) {
    for (index, widths) in other.amounts.enumerated() { amounts[index].merge(widths, uniquingKeysWith: +) }
    for (index, buckets) in other.traffic.enumerated() {
      for bucket in buckets.indices { traffic[index][bucket] += buckets[bucket] }
    }
  }
}

extension WorkClass {
  /// Its place in ``allCases``.
  public var index: Int { Self.places[self] ?? 0 }
  private static let places = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}

extension Work.Traffic {
  /// Its place in ``allCases``.
  public var index: Int { Self.places[self] ?? 0 }
  private static let places = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}
