internal import Graph

/// A range of a buffer that steps name as an operand.
struct LoweredTensor: Sendable {
  var name: String
  /// `nil` for packed weights, scratch and workspaces.
  var elementType: ElementType?
  var shape: Shape
  var quantization: Quantization?
  /// An index into the plan's buffers.
  var buffer: Int
  /// From the buffer's start, in bytes.
  var offset: Int
  var byteCount: Int
}

/// A piece of memory of its own.
struct Buffer: Sendable {
  enum Space: Sendable {
    case arena
    case constant(TensorData)
    /// Outlives an inference, and starts as `initial`, or as zeros.
    case state(initial: TensorData?)
  }

  var space: Space
  var byteCount: Int
  /// For an arena buffer that is a part of another one, such as a piece of a concatenation: which, and where.
  var parent: (buffer: Int, offset: Int)?

  var isArena: Bool {
    if case .arena = space { true } else { false }
  }
}

/// One call of an operator.
struct LoweredStep: Sendable {
  /// `enum eb_op`.
  var op: UInt32
  /// The bytes of the operator's parameters.
  var parameters: [UInt8]
  /// Indices into the plan's tensors.
  var operands: [Int]
  /// Position of the output among `operands`; what follows it is scratch and workspace.
  var output: Int
  /// Positions of inputs whose memory the output may take over where they are not needed any more.
  var reusable: [Int]
  var node: String
}
