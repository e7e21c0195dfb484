internal import Graph

/// How much of each class of work there is; independent of the machine.
public struct Work: Sendable, Equatable {
  /// Multiply-accumulates, elements, or starts, in the order of ``WorkClass/allCases``.
  public private(set) var amounts = [Double](repeating: 0, count: WorkClass.allCases.count)
  /// Elements read and written by layers, by the power of two that their larger operand has elements.
  public private(set) var traffic = [Double](repeating: 0, count: Self.buckets)

  public static let buckets = 32

  public init() {}

  public subscript(workClass: WorkClass) -> Double { amounts[workClass.index] }

  public mutating func add(_ workClass: WorkClass, _ amount: Double) { amounts[workClass.index] += amount }

  /// Traffic of a layer whose larger operand has `largest` elements.
  public mutating func addTraffic(_ elements: Double, largest: Int) {
    let bucket = Int.bitWidth - 1 - max(1, largest).leadingZeroBitCount
    addTraffic(elements, bucket: bucket)
  }

  public mutating func addTraffic(_ elements: Double, bucket: Int) {
    traffic[max(0, min(Self.buckets - 1, bucket))] += elements
  }

  public mutating func add(_ other: Work) {
    for index in amounts.indices { amounts[index] += other.amounts[index] }
    for index in traffic.indices { traffic[index] += other.traffic[index] }
  }
}

extension WorkClass {
  /// Its place in ``allCases``.
  public var index: Int { Self.places[self] ?? 0 }
  private static let places = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}
