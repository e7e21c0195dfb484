import Graph

// Layers that edgebench cannot run, in a network that is read to be sized.

extension NcnnConverter {
  /// Converts a layer, or leaves it out where it cannot be run and the caller wants that.
  mutating func convertOrOmit(_ layer: NcnnLayer) throws(NcnnError) {
    guard omitsUnsupported else { return try convert(layer) }
    do throws(NcnnError) {
      try convert(layer)
    } catch {
      guard error.expected == nil else { throw error }
      let operands = layer.bottoms.compactMap { (try? bottom(named: $0, of: layer))?.id }
      omit(
        OmittedOperator(
          name: layer.type, place: layer.place, feature: error.found,
          remedy:
            "convert the model that this one was made of to ONNX or TFLite; see 'edgebench operators' for what those may use"
        ), operands: operands)
      if weights.isFile {
        // How many bytes of weights the layer has is not known, so neither is where the next one's begin.
        weights = NcnnWeights(.none)
        note(
          "the weights behind '\(layer.name)' are counted as f32: where they begin in the file is not known")
      }
      for (position, top) in layer.tops.enumerated() where !isDefined(top) {
        guard let extents = try hint(of: layer, position) else {
          markUnknown(top)
          continue
        }
        let isImage = extents.count == 3
        let shape: Shape = isImage ? [1, extents[1], extents[2], extents[0]] : Shape(extents)
        try define(
          top,
          NcnnBlob(
            id: standIn(top, shape), dimensions: extents, layout: isImage ? .channelsLast : .plain), layer)
      }
    }
  }

  /// The shape of an output, outermost extent first, where the file has a hint of it.
  ///
  /// - Source: ncnn, src/net.cpp: parameter 30 has for each output its number of axes, width, height and channels.
  private func hint(of layer: NcnnLayer, _ position: Int) throws(NcnnError) -> [Int]? {
    let hints = try layer.integers(30)
    guard hasFileShapes, hints.count >= 4 * (position + 1) else { return nil }
    let rank = hints[4 * position]
    guard (1...3).contains(rank) else { return nil }
    let extents = Array(hints[4 * position + 1..<4 * position + 1 + rank].reversed())
    guard extents.allSatisfy({ (1...Shape.largestExtent).contains($0) }), Shape(extents).elementCount != nil
    else { return nil }
    return extents
  }
}
