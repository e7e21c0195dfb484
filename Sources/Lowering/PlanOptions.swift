/// How a graph is lowered.
public struct PlanOptions: Sendable, Hashable {
  /// What happens to 16-bit weights that a graph dequantizes before use.
  public enum HalfWeights: Sendable, Hashable {
    /// They become 32-bit when the plan is made: twice the size, no conversion at run time.
    case expand
    /// They stay 16-bit in the plan, and kernels widen them as they go.
    case keep
  }

  /// How convolutions and fully connected layers of f32 inputs multiply.
  public enum Arithmetic: Sendable, Hashable {
    case f32
    /// In 16 bits, where the instruction set can and it is faster: weights and inputs are rounded to f16, and sums
    /// take 32 products in it. An output is then off by at most 34 * 2^-11 of the sum of its terms' magnitudes.
    case f16
  }

  /// What the weights are packed for.
  public var instructionSet: InstructionSet
  public var halfWeights: HalfWeights
  public var arithmetic: Arithmetic
  /// Whether inputs survive a run, so that it can be repeated without filling them again.
  public var keepsInputs: Bool

  public init(
    instructionSet: InstructionSet = .host, halfWeights: HalfWeights = .expand, arithmetic: Arithmetic = .f32,
    keepsInputs: Bool = true
  ) {
    self.instructionSet = instructionSet
    self.halfWeights = halfWeights
    self.arithmetic = arithmetic
    self.keepsInputs = keepsInputs
  }

  /// False while constants are folded, so that folding does not fold.
  var foldsConstants = true
}
