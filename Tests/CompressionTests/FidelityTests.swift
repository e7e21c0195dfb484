import Compression
import Testing

@Suite struct FidelityTests {
  @Test func ratioIsOfPowersInDecibels() throws {
    let fidelity = OutputFidelity(reference: [[3, 4], [0, 5]], variant: [[3, 4.5], [0.5, 5]])
    // 50 against 0.5; the second sample alone is 25 against 0.25, as the first.
    #expect(try #require(fidelity.signalToNoise) == 20)
    #expect(fidelity.worst?.signalToNoise == 20)
    #expect(fidelity.worst?.sample == 0, "the first of equals")
    #expect(fidelity.agreeingSamples == 2)
    #expect(fidelity.topOneAgreement == 1)
  }

  @Test func theWorstSampleIsNamed() {
    let fidelity = OutputFidelity(
      reference: [[1, 0], [1, 0], [1, 0]], variant: [[1, 0.1], [0, 1], [1, 0]])
    #expect(fidelity.worst?.sample == 1)
    #expect(fidelity.agreeingSamples == 2)
  }

  @Test func equalOutputsHaveNoNoise() throws {
    let fidelity = OutputFidelity(reference: [[1, 2]], variant: [[1, 2]])
    #expect(fidelity.signalToNoise == .infinity)
    #expect(try #require(fidelity.cosine) == 1)
  }

  @Test func whatHasNoMeaningIsMissing() {
    let zeros = OutputFidelity(reference: [[0, 0]], variant: [[1, 0]])
    #expect(zeros.signalToNoise == nil && zeros.cosine == nil && zeros.worst == nil)
    let broken = OutputFidelity(reference: [[1, 0]], variant: [[.nan, 0]])
    #expect(broken.signalToNoise == nil && broken.cosine == nil)
    let none = OutputFidelity(reference: [], variant: [])
    #expect(none.topOneAgreement == nil && none.signalToNoise == nil)
  }

  @Test func oppositeOutputsHaveACosineOfMinusOne() throws {
    let fidelity = OutputFidelity(reference: [[1, 2]], variant: [[-1, -2]])
    #expect(abs(try #require(fidelity.cosine) + 1) < 1e-15)
  }
}
