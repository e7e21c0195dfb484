import Engines
import Graph

extension Graph {
  /// The arithmetic of its products where reals are multiplied so: "f16" in place of "f32" then.
  func precision(in arithmetic: Arithmetic) -> String {
    precision == Arithmetic.f32.rawValue ? arithmetic.rawValue : precision
  }

  /// The arithmetic of its products: "f32", or "int8" where most multiply-accumulates have 8-bit operands.
  var precision: String {
    var narrow = 0
    var all = 0
    let nodeCosts = (try? cost().nodes) ?? []
    for (node, cost) in zip(nodes, nodeCosts) where cost.macs > 0 {
      all += cost.macs
      guard node.inputs.count > 1, let weights = node.inputs[1] else { continue }
      if self[weights].elementType == .i8 || self[weights].elementType == .u8 { narrow += cost.macs }
    }
    return narrow * 2 > all ? "int8" : "f32"
  }
}
