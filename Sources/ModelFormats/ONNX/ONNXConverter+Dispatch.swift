extension ONNXConverter {
  /// What each operator is converted by: "Conv" is ONNX's own, "com.microsoft.FusedConv" another domain's.
  ///
  /// An operator is added as a line in its family's table and a method beside it.
  static let handlers: [String: Handler] = {
    var table: [String: Handler] = [:]
    for family in [
      activations, arithmetic, bits, einsums, functions, indices, losses, orderings, selections, constants,
      contributed, control, movements, normalizations, products,
      quantizations,
      reductions, resizings, windows,
    ] {
      table.merge(family) { first, _ in first }
    }
    return table
  }()
}
