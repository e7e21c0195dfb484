import Graph

/// The structure of a graph as it stands in a compact file: everything but the constants' bytes.
struct GraphDocument: Codable {
  struct TensorEntry: Codable {
    var name: String
    var type: ElementType
    var shape: [Int]
    var quantization: Quantization?
    var constant: StoredConstant?
  }
  struct NodeEntry: Codable {
    var name: String
    var op: Operator
    var inputs: [Int?]
    var outputs: [Int]
  }
  struct StateEntry: Codable {
    var name: String
    var type: ElementType
    var shape: [Int]
    var quantization: Quantization?
    var initial: StoredConstant?
  }
  /// `bytes` bytes from the start of the data after the structure plus `offset`.
  struct StoredConstant: Codable {
    var coding: ConstantCoding
    var offset: Int
    var bytes: Int
  }

  var name: String
  var tensors: [TensorEntry]
  var nodes: [NodeEntry]
  var inputs: [Int]
  var outputs: [Int]
  var states: [StateEntry]
  var tracedInputs: [Int]
  /// Where the graph comes from, for people and records; not interpreted.
  var provenance: [String: String]
}
