extension ONNXConverter {
  /// What each operator is converted by: "Conv" is ONNX's own, "com.microsoft.FusedConv" another domain's.
  ///
  /// An operator is added as a line in its family's table and a method beside it.
  static let handlers: [String: Handler] = {
    var table: [String: Handler] = [:]
    for family in [
      activations, arithmetic, attentions, bits, constants, contributed, contributedAttentions,
      contributedLayers, control, detections, einsums, functions, indices, layerNormalizations,
      linearAttentions, loops, losses, movements, normalizations,
      orderings, products, quantizations, recurrents, reductions, resamplings, resizings, selections,
      sequences, signals, windows, windows3D,
    ] {
      table.merge(family) { first, _ in first }
    }
    return table
  }()
}
