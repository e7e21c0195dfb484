import Graph

extension NcnnConverter {
  /// The boxes that an SSD head predicts corrections of: they follow from shapes, so they are a constant.
  ///
  /// - Source: ncnn, docs/developer-guide/operators.md; Liu et al., arXiv:1512.02325.
  mutating func priorBox(_ layer: NcnnLayer) throws(NcnnError) {
    let (features, image) = (try bottom(layer, 0).dimensions, try bottom(layer, 1).dimensions)
    guard features.count == 3, image.count == 3 else {
      throw NcnnError(
        place: layer.place, found: "inputs that are no images", expected: "features and an image")
    }
    let (rows, columns) = (features[1], features[2])
    let smallest = try layer.numbers(0)
    let largest = try layer.numbers(1)
    let ratios = try layer.numbers(2)
    let flips = try layer.flag(7, default: true)
    let clips = try layer.flag(8)
    let offset = try layer.number(13, default: 0)
    func size(_ id: Int, _ extent: Int) throws(NcnnError) -> Float {
      let value = try layer.number(id, default: 0)
      return value == -233 || value == 0 ? Float(extent) : value
    }
    let (width, height) = (try size(9, image[2]), try size(10, image[1]))
    func step(_ id: Int, _ extent: Float, _ count: Int) throws(NcnnError) -> Float {
      let value = try layer.number(id, default: -233)
      return value == -233 ? extent / Float(count) : value
    }
    let (stepX, stepY) = (try step(11, width, columns), try step(12, height, rows))
    var variances: [Float] = []
    for (id, standard) in [(3, Float(0.1)), (4, 0.1), (5, 0.2), (6, 0.2)] {
      variances.append(try layer.number(id, default: standard))
    }
    guard largest.isEmpty || largest.count == smallest.count, !smallest.isEmpty, ratios.allSatisfy({ $0 > 0 })
    else {
      throw NcnnError(
        place: layer.place, found: "\(smallest.count) smallest and \(largest.count) largest sizes",
        expected: "as many, and positive ratios")
    }
    // Box sizes of one pixel.
    var sizes: [(width: Float, height: Float)] = []
    for (index, side) in smallest.enumerated() {
      sizes.append((side, side))
      if !largest.isEmpty {
        let mean = (side * largest[index]).squareRoot()
        sizes.append((mean, mean))
      }
      for ratio in ratios where ratio != 1 {
        let root = ratio.squareRoot()
        sizes.append((side * root, side / root))
        if flips { sizes.append((side / root, side * root)) }
      }
    }
    let count = rows * columns * sizes.count
    guard count <= 1 << 22 else {
      throw NcnnError(place: layer.place, found: "\(count) boxes", expected: "at most \(1 << 22)")
    }
    var values: [Float] = []
    values.reserveCapacity(count * 8)
    for y in 0..<rows {
      for x in 0..<columns {
        let (centerX, centerY) = ((Float(x) + offset) * stepX, (Float(y) + offset) * stepY)
        for size in sizes {
          let box = [
            (centerX - size.width / 2) / width, (centerY - size.height / 2) / height,
            (centerX + size.width / 2) / width, (centerY + size.height / 2) / height,
          ]
          values += clips ? box.map { max(0, min(1, $0)) } : box
        }
      }
    }
    for _ in 0..<count { values += variances }
    let dimensions = [2, count * 4]
    try finish(
      layer,
      NcnnBlob(
        id: constant(layer, "boxes", Shape(dimensions), values), dimensions: dimensions, layout: .plain))
  }
}
