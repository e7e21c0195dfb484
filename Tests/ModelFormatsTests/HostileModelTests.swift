import Foundation
import Graph
import ModelFormats
import TestSupport
import Testing

/// Files that are cut short, altered or made to mislead: each is refused, or gives a valid graph.
@Suite struct HostileModelTests {
  static let samples: [(name: String, bytes: [UInt8])] = [
    ("convolutional", TFLiteSamples.convolutional().bytes()),
    ("quantized", TFLiteSamples.quantized().bytes()),
    ("streaming", TFLiteSamples.streaming().bytes()), ("openBatch", TFLiteSamples.openBatch().bytes()),
    ("sparse", TFLiteSamples.sparse().bytes()),
    ("memory", TFLiteSamples.memory().bytes()), ("detector", TFLiteSamples.detector().bytes()),
  ]

  /// Reads `bytes`, and does with the graph what every user of one does.
  static func readAndUse(_ bytes: [UInt8]) throws -> Bool {
    try isReadAndUsed("m.tflite") { try TFLiteReader.read(bytes: bytes, name: "m.tflite") }
  }

  @Test(arguments: samples.indices) func everyTruncationIsRefused(sample: Int) throws {
    let bytes = Self.samples[sample].bytes
    // The last bytes may be padding of a string, which nothing reads.
    for count in 0..<bytes.count - 4 {
      let isRead = try Self.readAndUse(Array(bytes.prefix(count)))
      #expect(!isRead, "\(Self.samples[sample].name) cut to \(count) of \(bytes.count) bytes")
    }
  }

  @Test(arguments: samples.indices) func everyFlippedBitIsRefusedOrGivesAValidGraph(sample: Int) throws {
    let bytes = Self.samples[sample].bytes
    let refused = try flippedBitsRefused(of: bytes) { try Self.readAndUse($0) }
    // Weights and names may be anything; tables and offsets may not.
    #expect(refused > bytes.count)
  }

  @Test func randomBytesBehindTheHeaderAreRefused() throws {
    var random = SplitMix64(seed: 11)
    for _ in 0..<2000 {
      var bytes = (0..<256).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      bytes.replaceSubrange(
        0..<8, with: [UInt8(truncatingIfNeeded: random.next()) & 0x7c, 0, 0, 0] + Array("TFL3".utf8))
      #expect(try !Self.readAndUse(bytes))
    }
  }

  @Test func everyWordSetToAnExtremeIsRefusedOrGivesAValidGraph() throws {
    for sample in Self.samples {
      for place in stride(from: 0, to: sample.bytes.count - 3, by: 4) {
        for value: UInt32 in [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, UInt32(place)] {
          var bytes = sample.bytes
          bytes.replaceSubrange(place..<place + 4, with: littleEndian([value]))
          _ = try Self.readAndUse(bytes)
        }
      }
    }
  }

  @Test func aTableThatIsItsOwnVtableIsRefused() throws {
    // A root at byte 8 whose vtable is at distance 0: the table itself.
    let bytes = littleEndian([UInt32(8)]) + Array("TFL3".utf8) + littleEndian([Int32(0), 0, 0, 0])
    #expect(try !Self.readAndUse(bytes))
  }

  /// A small file that stands for a large one: 100 000 tensors that are one table, with a name of 4096 bytes.
  @Test func oneTableReferredToManyTimesIsRefusedInBoundedMemory() throws {
    let count = 100_000
    var file = TFLiteFile()
    file.subgraphs[0].tensors = Array(repeating: FlatObject(), count: count)
    var bytes = file.bytes()
    let vector = Self.tensorVector(in: bytes)
    // A vtable with slot 3 (the name) 4 bytes behind the table's start, the table, and the name right behind it.
    let vtable = bytes.count
    bytes += littleEndian([UInt16(12), 8, 0, 0, 0, 4])
    let table = bytes.count
    bytes += littleEndian([Int32(table - vtable), 4, 4096]) + [UInt8](repeating: 0x6e, count: 4096)
    for index in 0..<count {
      let place = vector + 4 + 4 * index
      bytes.replaceSubrange(place..<place + 4, with: littleEndian([UInt32(table - place)]))
    }
    #expect {
      try TFLiteReader.read(bytes: bytes, name: "m.tflite")
    } throws: {
      "\($0)".contains("more data than a file of")
    }
  }

  @Test func aLoopThatNeverEndsIsRefused() {
    var file = TFLiteSamples.loop()
    // A body that hands on what it got.
    file.subgraphs[2].outputs = [0, 4]
    #expect {
      try TFLiteReader.read(bytes: file.bytes(), name: "m.tflite")
    } throws: {
      "\($0)".contains("unrolls to more than")
    }
  }

  @Test func aSubgraphThatCallsItselfIsRefused() {
    var file = TFLiteFile()
    let x = file.tensor("x", shape: [1])
    let y = file.tensor("y", shape: [1])
    file.add(code: 31, [x], [y], options: (16, FlatObject([0: .int(UInt32(0))])))
    file.subgraphs[0].inputs = [x]
    file.subgraphs[0].outputs = [y]
    #expect {
      try TFLiteReader.read(bytes: file.bytes(), name: "m.tflite")
    } throws: {
      "\($0)".contains("calls more than")
    }
  }

  @Test func filesThatAreNoModelsAreRefusedInOneLine() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("models-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    try Data().write(to: URL(fileURLWithPath: path("empty.tflite")))
    try Data("{}".utf8).write(to: URL(fileURLWithPath: path("text.tflite")))
    try Data(repeating: 8, count: 100).write(to: URL(fileURLWithPath: path("net.onnx")))
    try Data().write(to: URL(fileURLWithPath: path("sparse.tflite")))
    let sparse = try FileHandle(forWritingTo: URL(fileURLWithPath: path("sparse.tflite")))
    try sparse.truncate(atOffset: 10 << 30)
    try sparse.close()
    let expected = [
      (path("empty.tflite"), "is empty"), (folder.path, "is a folder without"),
      (path("missing.tflite"), "no such file"),
      (path("text.tflite"), "is no model that edgebench reads"),
      (path("net.onnx"), "the model: no graph"),
      (path("sparse.tflite"), "is no model that edgebench reads"), ("/dev/null", "is no regular file"),
    ]
    for (path, reason) in expected {
      #expect {
        try ModelReader.read(path)
      } throws: {
        "\($0)".hasPrefix("\(path): \(reason)") && !"\($0)".contains("\n")
      }
    }
  }

  @Test func aMappedFileReadsAsItsBytesDo() throws {
    let bytes = TFLiteSamples.convolutional().bytes()
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).tflite")
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    let mapped = try ModelReader.read(url.path)
    let copied = try TFLiteReader.read(bytes: bytes, name: url.path)
    #expect(mapped.nodes.map(\.op) == copied.nodes.map(\.op))
    let values = [mapped, copied].map { $0.tensors.map { $0.constant?.elements(as: UInt8.self) } }
    #expect(values[0] == values[1])
  }

  // MARK: Offsets in a file that the tests' writer made

  static func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
    bytes[place..<place + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// What an offset field of a table points at.
  static func field(_ bytes: [UInt8], _ table: Int, _ slot: Int) -> Int {
    let vtable = table - Int(Int32(bitPattern: word(bytes, table)))
    let place = table + Int(word(bytes, vtable + 4 + 2 * slot) & 0xffff)
    return place + Int(word(bytes, place))
  }

  /// Where the vector of the first subgraph's tensors is.
  static func tensorVector(in bytes: [UInt8]) -> Int {
    let graphs = field(bytes, Int(word(bytes, 0)), 2)
    let graph = graphs + 4 + Int(word(bytes, graphs + 4))
    return field(bytes, graph, 0)
  }
}
