import Graph
import Synchronization
import Testing

@Suite struct TensorDataTests {
  @Test func deferredBytesAreComputedOnceWhenTheyAreLookedAt() {
    let count = Mutex(0)
    let data = TensorData(byteCount: 8) { memory in
      count.withLock { $0 += 1 }
      memory.storeBytes(of: 7, toByteOffset: 4, as: Int32.self)
    }
    #expect(data.byteCount == 8)
    #expect(count.withLock { $0 } == 0)
    #expect(data.elements(as: Int32.self) == [0, 7])
    #expect(data.elements(as: Int32.self) == [0, 7])
    #expect(count.withLock { $0 } == 1)
  }

  @Test func deferredBytesThatAreNotKeptAreComputedAtEachLook() {
    let count = Mutex(0)
    let data = TensorData(byteCount: 1, isKept: false) { memory in
      memory[0] = 9
      count.withLock { $0 += 1 }
    }
    #expect(data.elements(as: UInt8.self) == [9])
    #expect(data.elements(as: UInt8.self) == [9])
    #expect(count.withLock { $0 } == 2)
  }

  @Test func axesArePermuted() {
    let matrix = TensorData((0..<6).map { Int16($0) })
    #expect(
      matrix.permuted(shape: [2, 3], by: [1, 0], elementSize: 2).elements(as: Int16.self) == [
        0, 3, 1, 4, 2, 5,
      ])
    let cube = TensorData((0..<24).map { UInt8($0) })
    let turned = cube.permuted(shape: [2, 3, 4], by: [2, 0, 1], elementSize: 1).elements(as: UInt8.self)
    var expected: [UInt8] = []
    for c in 0..<4 { for a in 0..<2 { for b in 0..<3 { expected.append(UInt8(12 * a + 4 * b + c)) } } }
    #expect(turned == expected)
  }
}
