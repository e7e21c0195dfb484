/// Samples that wait to be sent: nothing is written between two samples of a batch.
final class SampleChunk {
  /// A quarter of a second: often enough for a progress bar.
  private static let interval: Int64 = 250_000_000

  private let samples = UnsafeMutableBufferPointer<Int64>.allocate(capacity: 4096)
  private(set) var count = 0
  private var cleared: Int64 = 0

  deinit { samples.deallocate() }

  var free: Int { samples.count - count }
  /// Where the next samples go.
  var end: UnsafeMutablePointer<Int64>? { samples.baseAddress.map { $0 + count } }
  subscript(index: Int) -> Int64 { samples[index] }

  /// Counts samples that were stored at ``end``.
  func append(_ added: Int) {
    precondition(added <= free)
    count += added
  }

  func isDue(at now: Int64) -> Bool { now - cleared >= Self.interval }

  func clear(at now: Int64) {
    count = 0
    cleared = now
  }

  /// Sorts the samples. Nearest rank; 0 where there are none.
  var median: Int64 {
    var sorted = UnsafeMutableBufferPointer(rebasing: samples[..<count])
    sorted.sort()
    return count == 0 ? 0 : sorted[(count - 1) / 2]
  }
}
