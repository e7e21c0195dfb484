import Graph

// Operations that edgebench cannot run, in a model that is read to be sized.

extension CoreMLConverter {
  private static let remedy =
    "convert the model that this one was made of to TFLite or ONNX; see 'edgebench operators' for what those may use"

  /// Leaves an operation of a program out where `error` is that it cannot be run, and the caller wants that.
  func omit(_ operation: MILOperation, because error: ModelFormatError) throws(ModelFormatError) {
    guard options.omitsUnsupported, case .unsupported(_, let place, let feature) = error else { throw error }
    var operands: [TensorID] = []
    for binding in operation.inputs.sorted(by: { $0.key < $1.key }).flatMap(\.value) {
      if case .name(let name) = binding, let id = try? nodes.use(try bound(name), place) {
        operands.append(id)
      }
    }
    nodes.assembler.omit(
      OmittedOperator(name: operation.type, place: place, feature: feature, remedy: Self.remedy),
      operands: operands)
    for (name, type) in operation.outputs where !name.isEmpty && !nodes.isBound(name) {
      // Half-precision programs are computed in single precision.
      let elementType = type.dataType?.elementType.map { $0 == .f16 ? ElementType.f32 : $0 }
      try nodes.omitResult(name, declared(elementType, type.shape), place)
    }
  }

  /// Leaves a layer of a network out.
  func omit(_ layer: NeuralNetworkLayer, because error: ModelFormatError) throws(ModelFormatError) {
    guard options.omitsUnsupported, case .unsupported(_, let place, let feature) = error else { throw error }
    let operands = layer.inputs.compactMap { blobs[$0] }.compactMap { try? nodes.use($0, place) }
    nodes.assembler.omit(
      OmittedOperator(name: layer.kindName, place: place, feature: feature, remedy: Self.remedy),
      operands: operands)
    for (position, output) in layer.outputs.enumerated() {
      let name = freshName(output)
      let shape = position < layer.outputShapes.count ? layer.outputShapes[position] : nil
      try nodes.omitResult(name, declared(.f32, shape), place)
      blobs[output] = name
    }
  }

  /// What the file says holds for inputs of the file's shapes.
  private func declared(_ elementType: ElementType?, _ shape: Shape?) -> TensorType? {
    guard options.inputShapes.isEmpty, let elementType, let shape else { return nil }
    return TensorType(elementType, shape)
  }
}
