import Graph

// Operators that edgebench cannot run, in a model that is read to be sized.

extension TFLiteConverter {
  /// Converts an operator of the main subgraph, or leaves it out where the caller wants that of what cannot be run.
  mutating func convertOrOmit(_ op: TFLiteOperator) throws(ModelFormatError) {
    guard assembler.options.omitsUnsupported else { return try convert(op) }
    do throws(ModelFormatError) {
      try convert(op)
    } catch {
      guard case .unsupported(_, let place, let feature) = error else { throw error }
      var operands: [TensorID] = []
      for input in op.inputs where input >= 0 {
        if let id = try? use(input, place: place) { operands.append(id) }
      }
      assembler.omit(
        OmittedOperator(
          name: op.customName ?? op.name, place: place, feature: feature, remedy: Self.remedy(for: op)),
        operands: operands)
      for output in op.outputs where scope.ids[output] == nil {
        let tensor = subgraph.tensors[output]
        guard let type = declaredType(of: tensor) else {
          unknown.insert(output)
          continue
        }
        try bind(
          output, assembler.input(tensor.name, type, quantization: tensor.quantization), place: place)
      }
    }
  }

  /// The type of a result as the file has it. It does where the inputs have the file's shapes and nothing but the number of
  /// samples is open.
  private func declaredType(of tensor: TFLiteTensor) -> TensorType? {
    guard assembler.options.inputShapes.isEmpty, tensor.unsupportedFeature == nil,
      !tensor.openDimensions.dropFirst().contains(nil), let elementType = tensor.type.elementType
    else { return nil }
    return TensorType(elementType, tensor.shape)
  }

  private static func remedy(for op: TFLiteOperator) -> String {
    guard let name = op.customName else {
      return "write it with operators of 'edgebench operators' in the model that is converted"
    }
    return name.hasPrefix("Flex")
      ? "convert the model with TFLite's built-in operators alone, without SELECT_TF_OPS"
      : "write it with built-in operators in the model that is converted"
  }
}
