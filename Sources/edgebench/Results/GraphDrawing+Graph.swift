import Graph
import Reporting

extension GraphDrawing {
  /// A box for each input, node and output; constants are not drawn.
  init(_ graph: Graph) {
    var boxes: [Box] = []
    var lines: Set<Line> = []
    var makers: [TensorID: Int] = [:]
    for id in graph.inputs {
      makers[id] = boxes.count
      boxes.append(Box(title: graph[id].name, detail: "\(graph[id].type)", role: .boundary))
    }
    for node in graph.nodes {
      for case let input? in node.inputs {
        if let maker = makers[input] { lines.insert(Line(from: maker, to: boxes.count)) }
      }
      for output in node.outputs { makers[output] = boxes.count }
      boxes.append(
        Box(
          title: node.op.name, detail: node.outputs.first.map { "\(graph[$0].type)" } ?? "",
          role: Role(graph.kernelClass(of: node))))
    }
    for id in graph.outputs {
      if let maker = makers[id] { lines.insert(Line(from: maker, to: boxes.count)) }
      boxes.append(Box(title: graph[id].name, detail: "\(graph[id].type)", role: .boundary))
    }
    self.init(title: graph.name, boxes: boxes, lines: lines.sorted { ($0.from, $0.to) < ($1.from, $1.to) })
  }
}

extension GraphDrawing.Role {
  fileprivate init(_ kernelClass: KernelClass) {
    switch kernelClass {
    case _ where kernelClass.isProduct: self = .product
    case .pooling, .reduction, .softmax, .normalization: self = .reduction
    case .elementwise: self = .elementwise
    default: self = .movement
    }
  }
}
