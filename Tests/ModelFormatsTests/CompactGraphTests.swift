import Graph
import Testing

@testable import ModelFormats

@Suite struct CompactGraphTests {
  private func graph(_ change: (inout [Float]) -> Void = { _ in }) throws -> Graph {
    var b = GraphBuilder(name: "small")
    let image = b.input("image", shape: [1, 8, 8, 3])
    var x = b.conv2d(image, filters: 16, kernel: .square(3), activation: .relu)
    x = b.unary(.clamp(min: -.infinity, max: 2), x)
    x = b.maxPool(x, window: .square(2))
    b.output(b.softmax(b.dense(b.globalAveragePool(x), units: 10)))
    var graph = try b.build()
    for index in graph.tensors.indices {
      guard var values = graph.tensors[index].constant?.elements(as: Float.self) else { continue }
      change(&values)
      graph.tensors[index].constant = TensorData(values)
    }
    return graph
  }

  private func bytes(_ graph: Graph) -> [[UInt8]] {
    graph.tensors.map { $0.constant?.elements(as: UInt8.self) ?? [] }
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let graph = try graph()
    let file = CompactGraphFile(graph, provenance: ["recipe": "reference"])
    let read = try CompactGraphFile(bytes: file.serialized(), path: "x")
    #expect(read.graph.nodes.map(\.op) == graph.nodes.map(\.op))
    #expect(read.graph.tensors.map(\.type) == graph.tensors.map(\.type))
    #expect(bytes(read.graph) == bytes(graph))
    #expect(read.provenance == ["recipe": "reference"])
    #expect(read.serialized() == file.serialized())
  }

  @Test func weightsThatAreMostlyZeroTakeAFractionOfTheirBytes() throws {
    var count = 0
    let sparse = try graph { values in
      for index in values.indices where index % 10 != 0 { values[index] = 0 }
      count += values.count
    }
    let dense = CompactGraphFile(try graph()).serialized().count
    let small = CompactGraphFile(sparse).serialized().count
    // A tenth of the numbers and a bit for each, of 32: 0.131 of the weights' bytes; a few letters more of structure.
    #expect(Double(dense - small) >= Double(count * 4) * (1 - 0.131) - 400)
    #expect(
      try bytes(CompactGraphFile(bytes: CompactGraphFile(sparse).serialized(), path: "x").graph)
        == bytes(sparse))
  }

  @Test func everyCodingRestoresEveryElement() {
    var random = SplitMix64(seed: 3)
    for width in [1, 2, 4, 8] {
      for values in [1, 2, 3, 17, 255, 256, 300] {
        for count in [1, 7, 8, 9, 1000] {
          let bytes = (0..<count).flatMap { _ -> [UInt8] in
            let value = random.next() % UInt64(values)
            return (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
          }
          for coding in ConstantCoding.allCases {
            guard let encoded = coding.encode(ElementBytes(bytes: bytes, width: width)) else { continue }
            #expect(
              coding.decode(encoded[...], count: count, width: width) == bytes,
              "\(coding), \(count) elements of \(width) bytes, \(values) values")
          }
        }
      }
    }
  }

  @Test func noFileThatIsCutShortOrChangedIsMoreThanRefused() throws {
    let good = CompactGraphFile(try graph { for index in $0.indices where index % 3 > 0 { $0[index] = 0 } })
      .serialized()
    var random = SplitMix64(seed: 11)
    for _ in 0..<400 {
      var bytes = good
      if random.next() % 4 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
      for _ in 0..<1 + random.next() % 4 where !bytes.isEmpty {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      if let file = try? CompactGraphFile(bytes: bytes, path: "x") { try file.graph.validate() }
    }
  }

  @Test func aStructureLongerThanTheFileIsRefusedInOneLine() {
    let error = #expect(throws: ModelFormatError.self) {
      try CompactGraphFile(bytes: CompactGraphFile.magic + Array(repeating: 255, count: 8), path: "x.ebgraph")
    }
    #expect(
      error?.description
        == "x.ebgraph: header: a structure of 18446744073709551615 bytes; expected at most the file's 16")
  }
}
