import Foundation
public import Graph

/// A graph as a file of edgebench's own: what a compressed model takes on disk where no other format can say so.
///
///     "EBGRAPH1", u64 length of the structure, the structure (JSON), the constants, each in its smallest coding
///
/// Numbers are little-endian. Constants are stored losslessly (``ConstantCoding``): pruned and clustered weights are
/// small on disk, and whole in memory once the file is read.
public struct CompactGraphFile: Sendable {
  public var graph: Graph
  /// Where the graph comes from: source digest, recipe, data digest, seed, accuracy; names are the writer's.
  public var provenance: [String: String]

  public init(_ graph: Graph, provenance: [String: String] = [:]) {
    self.graph = graph
    self.provenance = provenance
  }

  /// The first bytes of such a file.
  static let magic = Array("EBGRAPH1".utf8)
  static let headerBytes = 16

  /// The file's bytes: the same graph gives the same bytes.
  public func serialized() -> [UInt8] {
    var data: [UInt8] = []
    let document = GraphDocument(graph, provenance: provenance, storingConstantsIn: &data)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .edgebench
    guard let structure = try? encoder.encode(document) else {
      fatalError("a graph's structure is made of numbers and texts, which JSON can hold")
    }
    let length = (0..<8).map { UInt8(truncatingIfNeeded: structure.count >> (8 * $0)) }
    return Self.magic + length + structure + data
  }
}

extension JSONEncoder.NonConformingFloatEncodingStrategy {
  static let edgebench = Self.convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
}

extension GraphDocument {
  /// - Parameter data: Takes the bytes of every constant.
  init(_ graph: Graph, provenance: [String: String], storingConstantsIn data: inout [UInt8]) {
    func store(_ constant: TensorData?, _ type: ElementType) -> StoredConstant? {
      guard let constant else { return nil }
      let elements = ElementBytes(bytes: constant.elements(as: UInt8.self), width: max(1, type.bitWidth / 8))
      let (coding, bytes) = ConstantCoding.smallest(of: elements)
      defer { data += bytes }
      return StoredConstant(coding: coding, offset: data.count, bytes: bytes.count)
    }
    self.init(
      name: graph.name,
      tensors: graph.tensors.map {
        TensorEntry(
          name: $0.name, type: $0.elementType, shape: $0.shape.dimensions, quantization: $0.quantization,
          constant: store($0.constant, $0.elementType))
      },
      nodes: graph.nodes.map {
        NodeEntry(
          name: $0.name, op: $0.op, inputs: $0.inputs.map { $0?.index }, outputs: $0.outputs.map(\.index))
      },
      inputs: graph.inputs.map(\.index), outputs: graph.outputs.map(\.index),
      states: graph.states.map {
        StateEntry(
          name: $0.name, type: $0.elementType, shape: $0.shape.dimensions, quantization: $0.quantization,
          initial: store($0.initial, $0.elementType))
      },
      tracedInputs: graph.tracedInputs.map(\.index), provenance: provenance)
  }
}
