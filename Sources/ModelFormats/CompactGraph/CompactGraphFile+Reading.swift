import Foundation
import Graph

extension CompactGraphFile {
  /// Reads what `bytes` hold; `path` is named in errors only.
  ///
  /// - Throws: ``ModelFormatError`` where the file is cut short, its structure is not a graph's, or a constant does not
  ///   have the bytes of its type.
  public init(bytes: [UInt8], path: String) throws(ModelFormatError) {
    func failure(_ place: String, _ found: String, _ expected: String) -> ModelFormatError {
      .malformed(path: path, place: place, found: found, expected: expected)
    }
    guard bytes.count >= Self.headerBytes, bytes.starts(with: Self.magic) else {
      throw failure("header", "no 'EBGRAPH1' and length", "a compact graph")
    }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[8 + $1]) << (8 * UInt64($1)) }
    guard let count = Int(exactly: length), count <= bytes.count - Self.headerBytes else {
      throw failure("header", "a structure of \(length) bytes", "at most the file's \(bytes.count)")
    }
    let structure = Data(bytes[Self.headerBytes..<Self.headerBytes + count])
    let document: GraphDocument
    do {
      let decoder = JSONDecoder()
      decoder.nonConformingFloatDecodingStrategy = .convertFromString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      document = try decoder.decode(GraphDocument.self, from: structure)
    } catch {
      throw failure("structure", "no graph of this version (\(Self.reason(error)))", "what edgebench wrote")
    }
    let constants = ConstantReader(data: bytes[(Self.headerBytes + count)...], path: path)
    graph = try document.graph(constants)
    provenance = document.provenance
    guard graph.tracedInputs.allSatisfy({ graph.tensors.indices.contains($0.index) }) else {
      throw failure("graph", "a traced input that is no tensor", "one of its \(graph.tensors.count)")
    }
    do throws(GraphError) { try graph.validate() } catch {
      throw failure("graph", "\(error)", "a sound graph")
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "no '\(key.stringValue)'"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "'\(context.codingPath.last?.stringValue ?? "structure")' is of another type"
    default: "not its JSON"
    }
  }
}

/// Takes constants out of the data after the structure.
struct ConstantReader {
  let data: ArraySlice<UInt8>
  let path: String

  func read(
    _ stored: GraphDocument.StoredConstant?, _ type: ElementType, _ shape: [Int], _ name: String
  ) throws(ModelFormatError) -> TensorData? {
    guard let stored else { return nil }
    guard stored.offset >= 0, stored.bytes >= 0, stored.bytes <= data.count,
      stored.offset <= data.count - stored.bytes
    else {
      throw .malformed(
        path: path, place: "constant '\(name)'", found: "bytes beyond the file", expected: "within its data")
    }
    let first = data.startIndex + stored.offset
    let bytes = data[first..<first + stored.bytes]
    let width = max(1, type.bitWidth / 8)
    // Every element costs at least a bit, so the count is bounded before anything is made of it.
    guard let elements = Shape(shape).elementCount, let whole = type.byteCount(elements: elements),
      whole / width / 8 <= stored.bytes,
      let decoded = stored.coding.decode(bytes, count: whole / width, width: width)
    else {
      throw .malformed(
        path: path, place: "constant '\(name)'", found: "\(stored.bytes) bytes, \(stored.coding.rawValue)",
        expected: "those of \(type) \(Shape(shape))")
    }
    return TensorData(decoded)
  }
}

extension GraphDocument {
  func graph(_ constants: ConstantReader) throws(ModelFormatError) -> Graph {
    func ids(_ indices: [Int]) -> [TensorID] { indices.map { TensorID($0) } }
    var graph = Graph(
      name: name,
      nodes: nodes.map {
        Node(
          name: $0.name, op: $0.op, inputs: $0.inputs.map { $0.map { TensorID($0) } },
          outputs: ids($0.outputs)
        )
      },
      inputs: ids(inputs), outputs: ids(outputs))
    graph.tracedInputs = ids(tracedInputs)
    for tensor in tensors {
      graph.tensors.append(
        Tensor(
          name: tensor.name, elementType: tensor.type, shape: Shape(tensor.shape),
          quantization: tensor.quantization,
          constant: try constants.read(tensor.constant, tensor.type, tensor.shape, tensor.name)))
    }
    for state in states {
      graph.states.append(
        State(
          name: state.name, elementType: state.type, shape: Shape(state.shape),
          quantization: state.quantization,
          initial: try constants.read(state.initial, state.type, state.shape, state.name)))
    }
    return graph
  }
}
