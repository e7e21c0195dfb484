import Graph
import Testing

@testable import Lowering

@Suite struct ArenaPackerTests {
  @Test(arguments: Array(1...50) as [UInt64]) func randomLifetimesNeverOverlap(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let lifetimes = (0..<120).map { index in
      let first = Int(random.next() % 60)
      return Lifetime(
        buffer: index, byteCount: 64 * (1 + Int(random.next() % 40)), first: first,
        last: first + Int(random.next() % 12))
    }
    let (offsets, byteCount) = ArenaPacker.pack(lifetimes)
    for a in lifetimes.indices {
      #expect(offsets[a] % 64 == 0 && offsets[a] + lifetimes[a].byteCount <= byteCount)
      for b in lifetimes.indices.dropFirst(a + 1) where lifetimes[a].overlaps(lifetimes[b]) {
        let apart =
          offsets[a] + lifetimes[a].byteCount <= offsets[b]
          || offsets[b] + lifetimes[b].byteCount <= offsets[a]
        #expect(apart, "seed \(seed): \(lifetimes[a]) at \(offsets[a]), \(lifetimes[b]) at \(offsets[b])")
      }
    }
    let bound = ArenaPacker.lowerBound(lifetimes)
    #expect(byteCount >= bound)
    // Greedy by size stays near the bound: far from it something is wrong.
    #expect(byteCount <= bound * 3 / 2, "seed \(seed): \(byteCount) against \(bound)")
  }

  @Test func aChainNeedsTwoNeighboursOnly() {
    let chain = (0..<10).map { Lifetime(buffer: $0, byteCount: 640, first: $0, last: $0 + 1) }
    #expect(ArenaPacker.pack(chain).byteCount == 1280)
    #expect(ArenaPacker.lowerBound(chain) == 1280)
  }

  @Test func nothingNeedsNothing() {
    #expect(ArenaPacker.pack([]).byteCount == 0)
    #expect(ArenaPacker.lowerBound([]) == 0)
  }
}
