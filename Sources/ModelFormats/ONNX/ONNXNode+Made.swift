// Nodes that another format's operators become, with attributes that are in no file.

extension ONNXAttribute {
  init(integer value: Int) { integer = value }
  init(float value: Float) { float = value }
  init(integers list: [Int]) { integers = list }
  init(floats list: [Float]) { floats = list }
  init(text value: String) { literals = [value] }
  init(texts list: [String]) { literals = list }
}

extension ONNXNode {
  /// - Parameter origin: What the node is made of, for errors.
  init(
    op: String, inputs: [String], outputs: [String], attributes: [String: ONNXAttribute], file: ModelBytes,
    origin: String
  ) {
    self.op = op
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
    self.file = file
    self.origin = origin
    index = 0
  }
}

extension ONNXConverter {
  /// A converter for nodes that are in no file.
  convenience init(
    nodesOf file: ModelBytes, name: String, _ options: ReadOptions, opset: Int
  ) throws(ModelFormatError) {
    self.init(try ONNXModel(emptyOf: file, opset: opset), options, name: name)
    begin()
  }
}

extension ONNXModel {
  fileprivate init(emptyOf file: ModelBytes, opset: Int) throws(ModelFormatError) {
    self.file = file
    graph = try ONNXGraph(ProtobufMessage(file: file, range: 0..<0, place: "the graph"), depth: 0)
    opsets = ["": opset]
    functions = [:]
  }
}
