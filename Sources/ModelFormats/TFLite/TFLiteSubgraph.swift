import Graph

/// One application of an operator, as a TFLite file describes it.
struct TFLiteOperator {
  /// "CONV_2D".
  var name: String
  /// Of a custom operator: its own name.
  var customName: String?
  /// Of a custom operator: its options' bytes, in a layout of its own.
  var customOptions: Range<Int>?
  /// Indices of tensors; -1 where an optional one is left out.
  var inputs: [Int]
  var outputs: [Int]
  /// The kind of `options`, by number in the schema's union BuiltinOptions; 0 for none.
  var optionsKind: UInt8
  var options: FlatTable?
  /// The same of the union BuiltinOptions2, which later operators have.
  var options2Kind: UInt8
  var options2: FlatTable?
  /// Tensors that stand for the scales of what an integer kernel computes on the way.
  var intermediates: [Int]
  /// "operator 3 (CONV_2D) of subgraph 0".
  var place: String
}

/// A graph of a TFLite file: the main one, or an initialiser.
struct TFLiteSubgraph {
  var tensors: [TFLiteTensor]
  var operators: [TFLiteOperator]
  var inputs: [Int]
  var outputs: [Int]
}

/// The parts of a TFLite file, decoded on demand.
struct TFLiteModel {
  let file: ModelBytes
  private let codes: FlatTables
  private let subgraphs: FlatTables
  private let buffers: FlatTables
  private let signatures: FlatTables

  static let identifier = Array("TFL3".utf8)

  init(_ file: ModelBytes) throws(ModelFormatError) {
    guard file.bytes.count >= 8, file.bytes[4..<8].elementsEqual(Self.identifier) else {
      throw .unreadable(path: file.path, reason: "is no TFLite model; expected 'TFL3' in bytes 4 to 7")
    }
    let root = try FlatTable(rootOf: file, place: "model")
    let version: UInt32 = try root.scalar(0, default: 0)
    guard version == 3 else { throw file.malformed("model", "schema version \(version)", expected: "3") }
    self.file = file
    codes = try root.tables(1)
    subgraphs = try root.tables(2)
    buffers = try root.tables(4)
    signatures = try root.tables(7)
  }

  func subgraph(_ index: Int) throws(ModelFormatError) -> TFLiteSubgraph {
    guard index >= 0, index < subgraphs.count else {
      throw file.malformed("model", "subgraph \(index)", expected: "one of the file's \(subgraphs.count)")
    }
    let place = "subgraph \(index)"
    let table = try subgraphs(index, place)
    var tensors: [TFLiteTensor] = []
    let tensorTables = try table.tables(0)
    for tensor in 0..<tensorTables.count {
      tensors.append(
        try TFLiteTensor(try tensorTables(tensor, "tensor \(tensor) of \(place)"), buffers: buffers))
    }
    var operators: [TFLiteOperator] = []
    let operatorTables = try table.tables(3)
    for position in 0..<operatorTables.count {
      let place = "operator \(position) of \(place)"
      operators.append(try self.operator(try operatorTables(position, place), tensors.count))
    }
    return TFLiteSubgraph(
      tensors: tensors, operators: operators,
      inputs: try indices(table, 1, tensors.count, allowsNone: false),
      outputs: try indices(table, 2, tensors.count, allowsNone: false))
  }

  /// The subgraph that the signature `name` runs; the main one where none is named.
  func subgraphIndex(signature name: String?) throws(ModelFormatError) -> Int {
    guard let name else { return 0 }
    var names: [String] = []
    for index in 0..<signatures.count {
      let signature = try signatures(index, "signature \(index)")
      let key = try signature.string(2) ?? ""
      if key == name {
        let subgraph: UInt32 = try signature.scalar(4, default: 0)
        return Int(subgraph)
      }
      names.append("'\(key)'")
    }
    throw file.malformed(
      "signature '\(name)'", "the model has no such signature",
      expected: names.isEmpty
        ? "none: the model has no signatures" : "one of \(names.prefix(16).joined(separator: ", "))")
  }

  private func `operator`(_ table: FlatTable, _ tensorCount: Int) throws(ModelFormatError) -> TFLiteOperator {
    let codeIndex: UInt32 = try table.scalar(0, default: 0)
    guard Int(codeIndex) < codes.count else {
      throw file.malformed(
        table.place, "operator code \(codeIndex)", expected: "one of the file's \(codes.count)")
    }
    let code = try codes(Int(codeIndex), "operator code \(codeIndex)")
    // The first field holds numbers up to 127; later operators are in the wider one. The larger of the two counts.
    let narrow: Int8 = try code.scalar(0, default: 0)
    let wide: Int32 = try code.scalar(3, default: 0)
    let builtin = max(Int(narrow), Int(wide))
    let name = TFLiteBuiltins.name(of: builtin)
    return TFLiteOperator(
      name: name, customName: name == "CUSTOM" ? try code.string(1) ?? "" : nil,
      customOptions: name == "CUSTOM" ? try table.vector(5, elementSize: 1) : nil,
      inputs: try indices(table, 1, tensorCount, allowsNone: true),
      outputs: try indices(table, 2, tensorCount, allowsNone: false),
      optionsKind: try table.scalar(3, default: 0), options: try table.table(4, "options"),
      options2Kind: try table.scalar(11, default: 0), options2: try table.table(12, "options"),
      intermediates: try indices(table, 8, tensorCount, allowsNone: false),
      place: table.place.namingOperator(name))
  }

  private func indices(
    _ table: FlatTable, _ slot: Int, _ count: Int, allowsNone: Bool
  ) throws(ModelFormatError) -> [Int] {
    let indices = try table.integers(slot, as: Int32.self).map(Int.init)
    for index in indices where index >= count || index < (allowsNone ? -1 : 0) {
      throw file.malformed(table.place, "tensor \(index)", expected: "one of the subgraph's \(count)")
    }
    return indices
  }
}

extension String {
  /// "operator 3 of subgraph 0" with the operator's name: "operator 3 (CONV_2D) of subgraph 0".
  fileprivate func namingOperator(_ name: String) -> String {
    let words = split(separator: " ", maxSplits: 2)
    return words.count == 3 ? "\(words[0]) \(words[1]) (\(name)) \(words[2])" : self
  }
}
