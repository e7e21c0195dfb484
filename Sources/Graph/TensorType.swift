/// What is known of a tensor's value before the model runs: the type of its elements and its shape.
public struct TensorType: Sendable, Hashable, CustomStringConvertible {
  public var elementType: ElementType
  public var shape: Shape

  public init(_ elementType: ElementType, _ shape: Shape) {
    self.elementType = elementType
    self.shape = shape
  }

  /// "f32 1x49x10x1".
  public var description: String { "\(elementType) \(shape)" }

  /// The bytes of a dense tensor of this type; `nil` on overflow or a negative dimension.
  public var byteCount: Int? {
    shape.elementCount.flatMap { elementType.byteCount(elements: $0) }
  }
}

extension Tensor {
  public var type: TensorType { TensorType(elementType, shape) }
}

extension State {
  public var type: TensorType { TensorType(elementType, shape) }
}
