import CKernels
import Glibc
import Testing

@Suite(.serialized) struct ThreadPoolTests {
  /// Counts how often each index was run, and by workers that there are.
  private final class Tally {
    let counts: UnsafeMutableBufferPointer<Int32>
    let threads: UInt32
    nonisolated(unsafe) var hasStrangeWorker = false

    init(count: Int, threads: UInt32) {
      counts = .allocate(capacity: max(count, 1))
      counts.initialize(repeating: 0)
      self.threads = threads
    }

    deinit { counts.deallocate() }
  }

  @Test(arguments: [1, 2, 3, 5, 8] as [UInt32]) func everyIndexIsRunOnce(threads: UInt32) throws {
    let pool = threads > 1 ? try makePool(threads) : nil
    defer { eb_pool_destroy(pool) }
    var context = eb_context(threads: threads, pool: pool)
    for count in (0...50) + (0...50).reversed() {
      let tally = Tally(count: count, threads: threads)
      eb_parallel(
        &context, UInt32(count),
        { argument, index, worker in
          guard let argument else { return }
          let tally = Unmanaged<Tally>.fromOpaque(argument).takeUnretainedValue()
          tally.counts[Int(index)] += 1  // each index has its own: twice in one count would show as 2
          if worker >= tally.threads { tally.hasStrangeWorker = true }
        }, Unmanaged.passUnretained(tally).toOpaque())
      #expect(tally.counts.prefix(count).allSatisfy { $0 == 1 }, "\(count) shares")
      #expect(!tally.hasStrangeWorker)
    }
  }

  @Test func aPoolThatSleepsIsWoken() throws {
    let pool = try makePool(3)
    defer { eb_pool_destroy(pool) }
    var context = eb_context(threads: 3, pool: pool)
    for _ in 0..<5 {
      let tally = Tally(count: 3, threads: 3)
      eb_parallel(
        &context, 3,
        { argument, index, _ in
          guard let argument else { return }
          // Longer than anyone spins, so that all sides sleep while one works.
          if index == 2 { usleep(2000) }
          Unmanaged<Tally>.fromOpaque(argument).takeUnretainedValue().counts[Int(index)] += 1
        }, Unmanaged.passUnretained(tally).toOpaque())
      #expect(tally.counts.allSatisfy { $0 == 1 })
      usleep(2000)
    }
  }

  @Test func aPoolHasTwoThreadsOrMore() {
    #expect(eb_pool_create(0, 0) == nil)
    #expect(eb_pool_create(1, 0) == nil)
    #expect(eb_pool_create(EB_MAX_THREADS + 1, 0) == nil)
    #expect(eb_pool_create(2, .max) == nil)
    eb_pool_destroy(nil)
  }

  @Test func spansCoverAllUnitsOnceAndEvenly() {
    for units in 0...40 as ClosedRange<UInt64> {
      for count in 1...9 as ClosedRange<UInt32> {
        var next: UInt64 = 0
        for index in 0..<count {
          let span = eb_span_of(units, index, count)
          #expect(span.first == next)
          #expect((units / UInt64(count)...units / UInt64(count) + 1).contains(span.end - span.first))
          next = span.end
        }
        #expect(next == units)
      }
    }
  }

  /// A network of small operators must not be slower on two threads than on one.
  @Test func smallWorkIsNotShared() throws {
    let pool = try makePool(4)
    defer { eb_pool_destroy(pool) }
    var context = eb_context(threads: 4, pool: pool)
    #expect(eb_shares(&context, 1000, 0) == 1)
    #expect(eb_shares(&context, 1000, 500) == 1, "not worth a share of the least, 300 steps, for two")
    #expect(eb_shares(&context, 1000, .max) > 4)
    #expect(eb_shares(&context, 7, .max) == 4, "as many for each thread")
    #expect(eb_shares(&context, 3, .max) == 3)
    #expect(eb_shares(&context, 0, .max) == 1)
    context.pool = nil
    #expect(eb_shares(&context, 1000, .max) == 1)
  }

  /// What sharing costs is not known beforehand: here operators that are shared take long, or those that are not.
  @Test(arguments: [true, false]) func thePoolSharesWhereThatIsFaster(sharingIsFaster: Bool) throws {
    let pool = try makePool(2)
    defer { eb_pool_destroy(pool) }
    var context = eb_context(threads: 2, pool: pool)
    for _ in 0..<9 {
      eb_pool_begin_inference(pool)
      if (eb_shares(&context, 1000, 1_000_000) > 1) != sharingIsFaster { usleep(2000) }
      eb_pool_end_inference(pool)
    }
    #expect((eb_shares(&context, 1000, 1_000_000) > 1) == sharingIsFaster)
    eb_pool_begin_inference(nil)
    eb_pool_end_inference(nil)
  }

  @Test func eachWorkerHasScratchOfItsOwn() throws {
    let own = UnsafeMutableRawPointer(bitPattern: 64)
    let pool = try makePool(3, scratchBytes: 100)
    defer { eb_pool_destroy(pool) }
    var context = eb_context(threads: 3, pool: pool)
    #expect(eb_worker_scratch(&context, 0, own) == own)
    let first: UnsafeMutableRawPointer = eb_worker_scratch(&context, 1, own)
    let second: UnsafeMutableRawPointer = eb_worker_scratch(&context, 2, own)
    #expect(second - first >= 100 && Int(bitPattern: first) % 64 == 0 && Int(bitPattern: second) % 64 == 0)
  }
}
