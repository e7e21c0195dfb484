import Graph

// Nodes that edgebench cannot run, in a model that is read to be sized.

extension ONNXConverter {
  /// Converts a node of the model's own graph, or leaves it out where the caller wants that of what cannot be run.
  func convertOrOmit(_ node: ONNXNode) throws(ModelFormatError) {
    guard options.omitsUnsupported else { return try convert(node) }
    do throws(ModelFormatError) {
      try convert(node)
    } catch {
      guard case .unsupported(_, let place, let feature) = error else { throw error }
      let name = node.domain.isEmpty ? node.op : "\(node.domain).\(node.op)"
      assembler.omit(
        OmittedOperator(name: name, place: place, feature: feature, remedy: Self.remedy(for: node)),
        operands: operands(node))
      for output in node.outputs where !output.isEmpty && !isBound(output) {
        try omitResult(output, declaredType(of: output), place)
      }
    }
  }

  /// Makes an input of the graph stand for a result of an omitted operator, or notes that its type is not known.
  func omitResult(_ name: String, _ type: TensorType?, _ place: String) throws(ModelFormatError) {
    guard let type, type.byteCount != nil else {
      unknown.insert(name)
      return
    }
    try bind(name, assembler.input(name, type), place)
  }

  /// What a node reads, as far as it is known.
  private func operands(_ node: ONNXNode) -> [TensorID] {
    node.inputs.filter { !$0.isEmpty }.compactMap { try? use($0, node.place) }
  }

  /// The type that the file declares for a result, where all of its extents are known.
  private func declaredType(of name: String) -> TensorType? {
    guard let value = model.graph.declaredResults[name], value.kind == nil,
      let elementType = ONNXDataType(rawValue: value.type)?.elementType, let dimensions = value.dimensions
    else { return nil }
    var extents: [Int] = []
    for dimension in dimensions {
      switch dimension {
      case .extent(let extent): extents.append(extent)
      case .symbolic(let name):
        guard let extent = symbols[name] else { return nil }
        extents.append(extent)
      }
    }
    guard extents.count <= Shape.largestRank, extents.allSatisfy({ (0...Shape.largestExtent).contains($0) })
    else { return nil }
    return TensorType(elementType, Shape(extents))
  }

  private static func remedy(for node: ONNXNode) -> String {
    switch node.domain {
    case "": "write it with operators of 'edgebench operators', in the model or as a function of the file"
    case "ai.onnx.ml": "end the exported graph before its classical part, and run that outside"
    case "com.microsoft":
      "export the model without ONNX Runtime's own fused operators (optimization level 'basic')"
    default: "give the file a function of this name whose nodes are operators of 'edgebench operators'"
    }
  }
}
