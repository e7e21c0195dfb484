public import Graph

/// What a reader needs to know beyond the file: the shapes that the model leaves open, and the values that its
/// shapes and branches depend on.
///
/// A graph is straight-line and its shapes are known. Models are not always so: an `If`, a loop, a shape that is
/// computed from a value. Reading such a model traces it: what a shape or a branch depends on is evaluated, for the
/// inputs in `inputValues`, and the graph holds for inputs that lead to the same shapes and branches.
/// ``Graph`` says so in its ``Graph/tracedInputs``.
public struct ReadOptions: Sendable {
  /// Shapes by input name, in place of the file's.
  public var inputShapes: [String: Shape]
  /// Extents of symbolic dimensions, by name ("batch").
  public var dimensions: [String: Int]
  /// Values by input name; looked at only where a shape or a branch depends on them. Each has the type and shape of
  /// its input. An input without one is taken to be seeded numbers, as `measure` feeds it.
  public var inputValues: [String: TensorData]
  /// The signature of a TFLite model to run, in place of its main graph.
  public var signature: String?
  /// Seed of weights that take the place of missing ones (an ncnn structure without its `.bin`); `nil` refuses such a model.
  public var randomWeights: UInt64?
  /// Whether nobody will look at the values of weights: those that the file lacks are zeros that take no memory.
  public var structureOnly: Bool
  /// Whether operators that edgebench cannot run are left out of the graph, which then says so in its
  /// ``Graph/omissions``, in place of an error: a model can be sized without them.
  public var omitsUnsupported: Bool
  /// Bytes of constants that a small file may make of itself, besides in proportion to its size. VGG-19, 574 MB, exists as a file of
  /// 9 kB, its weights one number each.
  public var mostMadeBytes = 768 << 20

  /// Is told, in a sentence, of what the reader had to assume.
  public var note: (@Sendable (String) -> Void)?

  public init(
    inputShapes: [String: Shape] = [:], dimensions: [String: Int] = [:],
    inputValues: [String: TensorData] = [:], signature: String? = nil,
    randomWeights: UInt64? = nil, structureOnly: Bool = false, omitsUnsupported: Bool = false,
    note: (@Sendable (String) -> Void)? = nil
  ) {
    self.inputShapes = inputShapes
    self.dimensions = dimensions
    self.inputValues = inputValues
    self.signature = signature
    self.randomWeights = randomWeights
    self.structureOnly = structureOnly
    self.omitsUnsupported = omitsUnsupported
    self.note = note
  }
}
