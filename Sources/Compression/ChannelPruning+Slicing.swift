internal import Graph

extension ChannelPruning {
  /// The graph with only the channels in `kept`, one list a space.
  func sliced(keeping kept: [[Int]]) -> Graph {
    var graph = source
    for (id, layout) in layouts where source[id].constant == nil && source[id].shape.rank > 0 {
      graph[id].shape.dimensions[source[id].shape.rank - 1] = layout.reduce(0) { $0 + kept[$1].count }
    }
    for (number, node) in source.nodes.enumerated() {
      slice(&graph, number, channels(node.inputs.first ?? nil, kept), channels(node.outputs.first, kept))
    }
    return graph
  }

  /// The numbers of the channels that stay along the last axis of a tensor; `nil` where all do.
  private func channels(_ id: TensorID?, _ kept: [[Int]]) -> [Int]? {
    guard let id, let layout = layouts[id] else { return nil }
    var first = 0
    var channels: [Int] = []
    for space in layout {
      channels += kept[space].map { $0 + first }
      first += spaces.count(space)
    }
    return channels.count == first ? nil : channels
  }

  private func slice(_ graph: inout Graph, _ number: Int, _ input: [Int]?, _ output: [Int]?) {
    let node = source.nodes[number]
    func take(_ position: Int, axis: Int, _ channels: [Int]?) {
      guard let channels, node.inputs.count > position, let id = graph.nodes[number].inputs[position],
        let part = graph[id].taking(channels, axis: axis)
      else { return }
      graph.nodes[number].inputs[position] = graph.append(part)
    }
    switch node.op {
    case .conv2d, .transposeConv2d:
      take(1, axis: 0, output)
      take(1, axis: 3, input)
      take(2, axis: -1, output)
    case .fullyConnected:
      take(1, axis: 0, output)
      take(1, axis: 1, input)
      take(2, axis: -1, output)
    case .depthwiseConv2d(var window):
      take(1, axis: 3, output)
      take(2, axis: -1, output)
      if let output, window.groups > 1 {
        window.groups = output.count
        graph.nodes[number].op = .depthwiseConv2d(window)
      }
    case .batchNorm:
      for position in 1..<max(1, node.inputs.count) { take(position, axis: -1, output) }
    case .binary:
      for (position, id) in node.inputs.enumerated() {
        guard let id, source[id].constant != nil, source[id].shape.dimensions.last ?? 1 > 1 else { continue }
        take(position, axis: -1, output)
      }
    default: break
    }
  }
}

extension Tensor {
  /// The elements at `channels` along `axis` (-1: the last) of an f32 constant; `nil` for other tensors.
  fileprivate func taking(_ channels: [Int], axis: Int) -> Tensor? {
    let axis = axis < 0 ? shape.rank + axis : axis
    guard elementType == .f32, let values = reals, shape.dimensions.indices.contains(axis) else { return nil }
    let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    let outer = shape.dimensions[..<axis].reduce(1, *)
    var taken: [Float] = []
    taken.reserveCapacity(outer * channels.count * inner)
    for row in 0..<outer {
      for channel in channels {
        let first = (row * shape[axis] + channel) * inner
        taken += values[first..<first + inner]
      }
    }
    var result = self
    result.shape.dimensions[axis] = channels.count
    result.constant = TensorData(taken)
    return result
  }
}
