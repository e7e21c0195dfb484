/// A recurrent layer over a whole sequence: RNN, GRU or LSTM, forward, backward or both.
///
/// - Source: ONNX operators RNN, GRU and LSTM, whose equations, gate orders and weight layouts these are.
public struct Recurrence: Sendable, Hashable, Codable {
  public enum Kind: UInt8, Sendable, Hashable, Codable, CaseIterable {
    /// One gate.
    case rnn
    /// Gates in the order update, reset, new.
    case gru
    /// Gates in the order input, output, forget, cell.
    case lstm

    public var gateCount: Int {
      switch self {
      case .rnn: 1
      case .gru: 3
      case .lstm: 4
      }
    }
  }

  public enum Direction: Sendable, Hashable, Codable { case forward, reverse, bidirectional }

  /// An activation function with its parameters.
  public struct Function: Sendable, Hashable, Codable {
    public enum Kind: UInt8, Sendable, Hashable, Codable, CaseIterable {
      case tanh, sigmoid, relu
      /// `alpha * x + beta`
      case affine
      case leakyRelu
      /// x where it is above `alpha`, else 0.
      case thresholdedRelu
      /// `alpha * tanh(beta * x)`
      case scaledTanh
      case hardSigmoid, elu, softsign, softplus
    }
    public var kind: Kind
    public var alpha: Float
    public var beta: Float
    public init(_ kind: Kind, alpha: Float = 0, beta: Float = 0) {
      self.kind = kind
      self.alpha = alpha
      self.beta = beta
    }
  }

  public var kind: Kind
  public var direction: Direction
  /// Batches come before time: x is `[batch, steps, inputs]`, all states `[batch, steps, directions, hidden]`, a state
  /// `[batch, directions, hidden]`. Else `[steps, batch, inputs]`, `[steps, directions, batch, hidden]` and
  /// `[directions, batch, hidden]`.
  public var isBatchMajor: Bool
  /// GRU: the reset gate multiplies the product with the state, not the state (`linear_before_reset`).
  public var resetsAfterProduct: Bool
  /// LSTM: the forget gate is 1 - input gate.
  public var couplesForgetGate: Bool
  /// Bounds the gates' arguments to `-clip...clip`.
  public var clip: Float?
  /// For each direction the functions f, g and h: of the gates, of the candidate, of the LSTM's cell on its way out.
  /// RNN uses the first, GRU the first two.
  public var functions: [[Function]]

  public init(
    _ kind: Kind, direction: Direction = .forward, isBatchMajor: Bool = false,
    resetsAfterProduct: Bool = false,
    couplesForgetGate: Bool = false, clip: Float? = nil, functions: [[Function]]? = nil
  ) {
    self.kind = kind
    self.direction = direction
    self.isBatchMajor = isBatchMajor
    self.resetsAfterProduct = resetsAfterProduct
    self.couplesForgetGate = couplesForgetGate
    self.clip = clip
    let usual =
      kind == .rnn
      ? [Function(.tanh), Function(.tanh), Function(.tanh)]
      : [Function(.sigmoid), Function(.tanh), Function(.tanh)]
    self.functions = functions ?? Array(repeating: usual, count: direction == .bidirectional ? 2 : 1)
  }

  public var directionCount: Int { direction == .bidirectional ? 2 : 1 }
}
