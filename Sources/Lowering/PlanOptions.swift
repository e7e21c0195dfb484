/// How a graph is lowered.
public struct PlanOptions: Sendable, Hashable {
  /// What happens to 16-bit weights that a graph dequantizes before use.
  public enum HalfWeights: Sendable, Hashable {
    /// They become 32-bit when the plan is made: twice the size, no conversion at run time.
    case expand
    /// They stay 16-bit in the plan, and kernels widen them as they go.
    case keep
  }

  /// What the weights are packed for.
  public var instructionSet: InstructionSet
  public var halfWeights: HalfWeights
  /// Whether inputs survive a run, so that it can be repeated without filling them again.
  public var keepsInputs: Bool

  public init(
    instructionSet: InstructionSet = .host, halfWeights: HalfWeights = .expand, keepsInputs: Bool = true
  ) {
    self.instructionSet = instructionSet
    self.halfWeights = halfWeights
    self.keepsInputs = keepsInputs
  }

  /// False while constants are folded, so that folding does not fold.
  var foldsConstants = true
}
