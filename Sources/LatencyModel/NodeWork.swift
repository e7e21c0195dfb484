internal import Graph

/// One node's arithmetic and traffic, in the precision that it would run in.
struct NodeWork {
  var kernelClass: KernelClass
  var precision: Precision
  var macs: Int
  var bytes: Double

  init(_ node: Node, _ cost: NodeCost, in graph: Graph, precision: Precision?) {
    kernelClass = cost.kernelClass
    macs = cost.macs
    let stored = Self.precision(of: node, in: graph)
    self.precision = precision ?? stored
    // A graph in f32 that is asked about in another precision would store its operands in that.
    let scale = stored == .f32 ? self.precision.bytesPerElement / Precision.f32.bytesPerElement : 1
    bytes = Double(cost.bytes) * scale
  }

  /// int8 where an operand is 8 bits wide (also weights alone: dynamic-range kernels quantize the activations);
  /// f16 where the activations are; else f32, which also computes with f16 weights.
  private static func precision(of node: Node, in graph: Graph) -> Precision {
    let types = node.inputs.compactMap { $0.map { graph[$0].elementType } }
    if types.contains(where: { $0 == .i8 || $0 == .u8 || $0 == .i4 }) { return .int8 }
    return types.first == .f16 ? .f16 : .f32
  }
}

extension NodeCost {
  /// All traffic: activations read and written, constants read.
  var bytes: Int {
    let (sum, overflow) = bytesRead.addingReportingOverflow(bytesWritten)
    let (total, totalOverflow) = sum.addingReportingOverflow(weightBytes)
    return overflow || totalOverflow ? .max : total
  }
}
