import Graph

// Resizing of the last two axes.

extension CoreMLConverter {
  static let resizingOperations: [String: Operation] = [
    "crop": CoreMLConverter.crop,
    "resize_bilinear": CoreMLConverter.resizeBilinear,
    "resize_nearest_neighbor": { converter in
      { (call) throws(ModelFormatError) in
        try converter.resize(
          try call.name("x"), height: try call.integer("target_size_height", default: 1),
          width: try call.integer("target_size_width", default: 1), .nearest, call.output)
      }
    },
    "upsample_bilinear": CoreMLConverter.upsampleBilinear,
    "upsample_nearest_neighbor": { converter in
      { (call) throws(ModelFormatError) in
        let (height, width) = try converter.scaledSize(call)
        try converter.resize(try call.name("x"), height: height, width: width, .nearest, call.output)
      }
    },
  ]

  enum Sampling {
    /// The element at or before the place.
    case nearest
    /// Linear, from corner to corner.
    case alignedCorners
    /// Linear, from the first element by equal steps.
    case fromCorner
    /// Linear, between the middles of elements.
    case halfPixel
  }

  func resizeBilinear(_ call: MILCall) throws(ModelFormatError) {
    let mode = try call.text("sampling_mode", default: "DEFAULT")
    let sampling: Sampling
    switch mode {
    case "STRICT_ALIGN_CORNERS", "ALIGN_CORNERS": sampling = .alignedCorners
    case "DEFAULT": sampling = .fromCorner
    case "UNALIGN_CORNERS": sampling = .halfPixel
    default: throw call.operation.unsupported("samples with '\(mode)'")
    }
    try resize(
      try call.name("x"), height: try call.integer("target_size_height", default: 1),
      width: try call.integer("target_size_width", default: 1), sampling, call.output)
  }

  func upsampleBilinear(_ call: MILCall) throws(ModelFormatError) {
    let (height, width) = try scaledSize(call)
    let aligns = try call.flag("align_corners", default: true)
    // Without half pixels, places start at the corner; programs before iOS 17 have them always.
    let isHalf = try call.flag("half_pixel_centers", default: true)
    try resize(
      try call.name("x"), height: height, width: width,
      aligns ? .alignedCorners : isHalf ? .halfPixel : .fromCorner, call.output)
  }

  private func scaledSize(_ call: MILCall) throws(ModelFormatError) -> (height: Int, width: Int) {
    let extents = try call.shape("x")
    guard extents.count >= 3 else {
      throw call.operation.malformed("\(extents.count) axes", expected: "3 and more")
    }
    func scaled(_ extent: Int, _ parameter: String) throws(ModelFormatError) -> Int {
      let size = Double(extent) * Double(try call.float(parameter, default: 1))
      guard size >= 1, size <= Double(Shape.largestExtent) else {
        throw call.operation.malformed("\(extent) elements scaled to \(size)", expected: "1 and more")
      }
      return Int(size)
    }
    return (
      try scaled(extents[extents.count - 2], "scale_factor_height"),
      try scaled(extents[extents.count - 1], "scale_factor_width")
    )
  }

  /// `x` with its last two axes resized.
  func resize(
    _ x: String, height: Int, width: Int, _ sampling: Sampling, _ output: String
  ) throws(ModelFormatError) {
    let extents = try shape(x)
    guard extents.count >= 3 else {
      throw malformed("\(extents.count) axes to resize", expected: "3 and more")
    }
    let leading = Array(extents.dropLast(2))
    // The operator takes batch and channels before the image.
    let channels = leading.last ?? 1
    let batch = Shape(Array(leading.dropLast())).elementCount ?? 1
    let image = try reshaped(x, [batch, channels] + extents.suffix(2))
    let transform =
      switch sampling {
      case .nearest, .fromCorner: "asymmetric"
      case .alignedCorners: "align_corners"
      case .halfPixel: "half_pixel"
      }
    let resized = try node(
      "Resize", [image, "", "", try integers([batch, channels, height, width])], nil,
      [
        "mode": ONNXAttribute(text: sampling == .nearest ? "nearest" : "linear"),
        "coordinate_transformation_mode": ONNXAttribute(text: transform),
        "nearest_mode": ONNXAttribute(text: "floor"),
      ])
    try alias(try reshaped(resized, leading + [height, width]), output)
  }

  func crop(_ call: MILCall) throws(ModelFormatError) {
    let x = try call.name("x")
    let extents = try shape(x)
    let rows = try call.integers("crop_height") ?? [0, 0]
    let columns = try call.integers("crop_width") ?? [0, 0]
    guard extents.count >= 2, rows.count == 2, columns.count == 2 else {
      throw call.operation.malformed(
        "\(rows.count) and \(columns.count) numbers", expected: "2 for each of the last axes")
    }
    let rank = extents.count
    try slice(
      x, starts: [rows[0], columns[0]],
      ends: [extents[rank - 2] &- rows[1], extents[rank - 1] &- columns[1]],
      axes: [rank - 2, rank - 1], steps: [1, 1], call.output)
  }
}
