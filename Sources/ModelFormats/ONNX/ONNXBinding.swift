import Graph

/// What a name of an ONNX graph stands for.
enum ONNXBinding {
  case tensor(TensorID)
  /// A list that only exists while the model is read: what makes it and takes it apart leaves no node behind.
  case sequence([TensorID])
}
