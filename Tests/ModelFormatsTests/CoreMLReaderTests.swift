import Foundation
import Graph
import Lowering
import ModelFormats
import TestSupport
import Testing

@Suite struct CoreMLReaderTests {
  private func result(of graph: Graph, _ input: [Float]) throws -> [Float] {
    try evaluate(graph, inputs: [TensorData(input)])[0].elements(as: Float.self)
  }

  @Test func aNetworkComputesWhatItsLayersSay() throws {
    let graph = try CoreMLReader.read(bytes: CoreMLSamples.network(), name: "m.mlmodel")
    #expect(graph[graph.inputs[0]].shape == [2, 4, 4])
    #expect(graph[graph.outputs[0]].shape == [3])
    // Equal weights for all three classes: equal probabilities, whatever the image.
    let y = try result(of: graph, (0..<32).map { Float($0) })
    for value in y { #expect(abs(value - 1 / 3) < 1e-6) }
  }

  @Test func aBatchInFrontOfANetworksImageComesBackInFrontOfItsResult() throws {
    let options = ReadOptions(inputShapes: ["x": [1, 2, 4, 4]])
    let graph = try CoreMLReader.read(bytes: CoreMLSamples.network(), name: "m.mlmodel", options)
    #expect(graph[graph.outputs[0]].shape == [1, 3])
  }

  @Test func aProgramComputesWhatItsOperationsSay() throws {
    let graph = try CoreMLReader.read(bytes: CoreMLSamples.program(), name: "m.mlmodel")
    let y = try result(of: graph, Array(repeating: 1, count: 32))
    // All elements are 1, so an output element is the sum of the weights whose place is inside the image.
    var expected: [Float] = [0, 0, 0]
    for o in 0..<3 {
      for (row, column) in (0..<4).flatMap({ row in (0..<4).map { (row, $0) } }) {
        for c in 0..<2 {
          for (i, j) in (0..<3).flatMap({ i in (0..<3).map { (i, $0) } })
          where (0..<4).contains(row + i - 1) && (0..<4).contains(column + j - 1) {
            expected[o] += Float((((o * 2 + c) * 3 + i) * 3 + j) % 5)
          }
        }
      }
    }
    // Sums of small whole numbers are exact; the mean of 16 is one rounding.
    #expect(y == expected.map { $0 / 16 })
  }

  @Test func anUnknownOperationIsNamedWithItsPlace() {
    #expect {
      try CoreMLReader.read(bytes: CoreMLSamples.unknownOperation(), name: "m.mlmodel")
    } throws: {
      "\($0)"
        == "m.mlmodel: operation 0 'y' (sparkle): is sparkle, which edgebench cannot run; see 'edgebench operators'"
    }
  }

  @Test(arguments: CoreMLSamples.all.indices) func everyTruncationIsRefused(sample: Int) throws {
    let bytes = CoreMLSamples.all[sample]
    for count in 0..<bytes.count - 1 {
      #expect(throws: ModelFormatError.self, "cut to \(count)") {
        try CoreMLReader.read(bytes: Array(bytes.prefix(count)), name: "m.mlmodel")
      }
    }
  }

  @Test(arguments: CoreMLSamples.all.indices) func everyFlippedBitIsRefusedOrGivesAValidGraph(sample: Int)
    throws
  {
    var bytes = CoreMLSamples.all[sample]
    var refused = 0
    // Seven is prime to eight: every bit of a byte has its turn.
    for bit in stride(from: 0, to: 8 * bytes.count, by: 7) {
      bytes[bit / 8] ^= 1 << (bit % 8)
      do {
        try CoreMLReader.read(bytes: bytes, name: "m.mlmodel").validate()
      } catch let error as ModelFormatError {
        #expect(!error.description.contains("\n"))
        refused += 1
      }
      bytes[bit / 8] ^= 1 << (bit % 8)
    }
    // Weights and names may be anything; tags and lengths may not.
    #expect(refused > bytes.count / 7)
  }

  // MARK: Packages

  private func package(manifest: String, files: [String: [UInt8]]) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "\(UUID().uuidString).mlpackage")
    for (path, bytes) in files {
      let file = folder.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: file)
    }
    try Data(manifest.utf8).write(to: folder.appendingPathComponent("Manifest.json"))
    return folder.path
  }

  private static func manifest(path: String) -> String {
    #"{"rootModelIdentifier": "A", "itemInfoEntries": {"A": {"path": "\#(path)"}}}"#
  }

  @Test func aPackageReadsAsTheModelInside() throws {
    let inside = "com.apple.CoreML/model.mlmodel"
    let path = try package(
      manifest: Self.manifest(path: inside), files: ["Data/\(inside)": CoreMLSamples.program()])
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try ModelReader.format(of: path) == .coreml)
    let outer = try ModelReader.read(path)
    let inner = try ModelReader.read("\(path)/Data/\(inside)")
    #expect(outer.nodes.map(\.op) == inner.nodes.map(\.op) && !outer.nodes.isEmpty)
  }

  @Test func aManifestMayNotLeadOutOfItsPackage() throws {
    let path = try package(
      manifest: Self.manifest(path: "../../outside.mlmodel"), files: ["Data/a": [1]])
    let outside = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(
      "outside.mlmodel")
    try Data(CoreMLSamples.program()).write(to: outside)
    defer {
      try? FileManager.default.removeItem(atPath: path)
      try? FileManager.default.removeItem(at: outside)
    }
    #expect {
      try ModelReader.read(path)
    } throws: {
      "\($0)".contains("leads out of the model's folder")
    }
  }

  @Test func aFolderThatIsNoPackageIsRefusedInOneLine() {
    #expect {
      try ModelReader.read(FileManager.default.temporaryDirectory.path)
    } throws: {
      "\($0)".contains("is a folder without 'Manifest.json'") && !"\($0)".contains("\n")
    }
  }
}
