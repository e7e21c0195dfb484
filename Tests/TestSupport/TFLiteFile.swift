package import ModelFormats

/// A small TFLite model, put together in a test.
package struct TFLiteFile {
  /// Numbers of the TFLite schema's BuiltinOperator.
  package enum Builtin: Int32 {
    case add = 0, averagePool2d = 1, concatenation = 2, conv2d = 3, depthwiseConv2d = 4, dequantize = 6
    case fullyConnected = 9, l2Normalization = 11, logistic = 14, relu = 19, reshape = 22, softmax = 25
    case custom = 32, pad = 34, transpose = 39, mean = 40, squeeze = 43, lstm = 44, stridedSlice = 45, split =
      49
    case select = 64, transposeConv = 67, shape = 77, pack = 83, unpack = 88, batchToSpace = 37,
      spaceToBatch = 38
    case callOnce = 129, varHandle = 142, readVariable = 143, assignVariable = 144
  }

  package struct Quantization {
    package var scales: [Float]
    package var zeroPoints: [Int64]
    package var axis: Int32
    package init(scales: [Float], zeroPoints: [Int64], axis: Int32 = 0) {
      self.scales = scales
      self.zeroPoints = zeroPoints
      self.axis = axis
    }
  }

  package struct Subgraph {
    package var tensors: [FlatObject] = []
    package var operators: [FlatObject] = []
    package var inputs: [Int32] = []
    package var outputs: [Int32] = []
    package init() {}
  }

  package var subgraphs = [Subgraph()]
  /// Index of the subgraph that tensors and operators are added to.
  package var current = 0
  /// The first one is empty, as the format has it.
  package var buffers = [FlatObject()]
  package var codes: [FlatObject] = []
  package var version: UInt32 = 3

  package init() {}

  /// Adds a tensor; `type` is a number of the schema's TensorType (0 f32, 1 f16, 2 i32, 6 bool, 9 i8, 13 resource).
  package mutating func tensor(
    _ name: String, type: Int8 = 0, shape: [Int32], quantization: Quantization? = nil, value: [UInt8]? = nil,
    isVariable: Bool = false, sparsity: FlatObject? = nil
  ) -> Int32 {
    var fields: [Int: FlatObject.Field] = [0: .ints(shape), 1: .int(type), 3: .string(name)]
    if isVariable { fields[5] = .bool(true) }
    if let sparsity { fields[6] = .table(sparsity) }
    if let value {
      fields[2] = .int(UInt32(buffers.count))
      buffers.append(FlatObject([0: .ints(value)]))
    }
    if let quantization {
      fields[4] = .table(
        FlatObject([
          2: .floats(quantization.scales), 3: .ints(quantization.zeroPoints), 6: .int(quantization.axis),
        ]))
    }
    subgraphs[current].tensors.append(FlatObject(fields))
    return Int32(subgraphs[current].tensors.count - 1)
  }

  package mutating func constant(_ name: String, shape: [Int32], _ values: [Float]) -> Int32 {
    tensor(name, shape: shape, value: littleEndian(values.map(\.bitPattern)))
  }

  /// A constant vector of i32.
  package mutating func integers(_ name: String, _ values: [Int32]) -> Int32 {
    tensor(name, type: 2, shape: [Int32(values.count)], value: littleEndian(values))
  }

  /// Adds an operator; `options` has its kind in the union BuiltinOptions, and its fields.
  package mutating func add(
    _ builtin: Builtin, _ inputs: [Int32], _ outputs: [Int32],
    options: (kind: UInt8, fields: FlatObject)? = nil,
    customName: String? = nil
  ) {
    add(code: builtin.rawValue, inputs, outputs, options: options, customName: customName)
  }

  package mutating func add(
    code: Int32, _ inputs: [Int32], _ outputs: [Int32], options: (kind: UInt8, fields: FlatObject)? = nil,
    customName: String? = nil, customOptions: [UInt8]? = nil
  ) {
    var fieldsOfCode: [Int: FlatObject.Field] = [0: .int(Int8(min(127, code))), 3: .int(code)]
    if let customName { fieldsOfCode[1] = .string(customName) }
    codes.append(FlatObject(fieldsOfCode))
    var fields: [Int: FlatObject.Field] = [
      0: .int(UInt32(codes.count - 1)), 1: .ints(inputs), 2: .ints(outputs),
    ]
    if let customOptions { fields[5] = .ints(customOptions) }
    if let options {
      fields[3] = .int(options.kind)
      fields[4] = .table(options.fields)
    }
    subgraphs[current].operators.append(FlatObject(fields))
  }

  package func bytes() -> [UInt8] {
    let graphs = subgraphs.map { subgraph in
      FlatObject([
        0: .tables(subgraph.tensors), 1: .ints(subgraph.inputs), 2: .ints(subgraph.outputs),
        3: .tables(subgraph.operators), 4: .string("main"),
      ])
    }
    let root = FlatObject([
      0: .int(version), 1: .tables(codes), 2: .tables(graphs), 3: .string("a test's model"),
      4: .tables(buffers),
    ])
    return FlatBufferWriter.file(root, identifier: "TFL3")
  }
}
