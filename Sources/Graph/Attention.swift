/// Scaled dot-product attention of one sequence to another.
///
/// - Source: Vaswani et al., arXiv:1706.03762, section 3.2; masks and bounds as ONNX's Attention has them.
public struct Attention: Sendable, Hashable, Codable {
  /// Heads of the queries, a multiple of those of keys and values: neighbouring ones share keys.
  public var heads: Int
  public var keyHeads: Int
  /// Multiplies the products; `nil` for 1 / sqrt(depth of a head).
  public var scale: Float?
  /// Bounds the scaled products softly: `softcap * tanh(x / softcap)`.
  public var softcap: Float?
  /// Hides keys behind the query's position.
  public var isCausal: Bool
  /// How many keys before and after the query's position it sees at most.
  public var left: Int?
  public var right: Int?
  /// The position of the first query among the keys. Where lengths are given, it is the length less the queries.
  public var offset: Int

  public init(
    heads: Int, keyHeads: Int, scale: Float? = nil, softcap: Float? = nil, isCausal: Bool = false,
    left: Int? = nil, right: Int? = nil, offset: Int = 0
  ) {
    self.heads = heads
    self.keyHeads = keyHeads
    self.scale = scale
    self.softcap = softcap
    self.isCausal = isCausal
    self.left = left
    self.right = right
    self.offset = offset
  }
}

/// The shapes that an attention's operands have in common.
public struct AttentionExtents: Sendable, Hashable, Codable {
  public var batch: Int
  public var queries: Int
  public var keys: Int
  /// Of a head's queries and keys, and of its values.
  public var depth: Int
  public var valueDepth: Int

  /// From q, k and v: `[N, heads, length, depth]`, or `[N, length, heads * depth]`; `nil` where they do not fit.
  public init?(_ attention: Attention, q: Shape, k: Shape, v: Shape) {
    guard q.rank == k.rank, q.rank == v.rank, attention.heads >= 1, attention.keyHeads >= 1,
      attention.heads % attention.keyHeads == 0
    else { return nil }
    switch q.rank {
    case 4:
      guard q[1] == attention.heads, k[1] == attention.keyHeads, v[1] == attention.keyHeads else {
        return nil
      }
      (batch, queries, keys, depth, valueDepth) = (q[0], q[2], k[2], q[3], v[3])
      guard k[0] == batch, v[0] == batch, v[2] == keys, k[3] == depth else { return nil }
    case 3:
      guard q[2] % attention.heads == 0, k[2] % attention.keyHeads == 0, v[2] % attention.keyHeads == 0 else {
        return nil
      }
      (batch, queries, keys, depth, valueDepth) = (
        q[0], q[1], k[1], q[2] / attention.heads, v[2] / attention.keyHeads
      )
      guard k[0] == batch, v[0] == batch, v[1] == keys, k[2] / attention.keyHeads == depth else { return nil }
    default: return nil
    }
  }
}
