import Graph

// Neural networks: layers in order, on blobs that are known by name.
//
// In the older kind of network every blob has five axes: sequence, batch, channels, rows, columns. The first two are one here,
// as no layer looks at both. Networks that map arrays exactly have the axes that their arrays have.

extension CoreMLConverter {
  typealias Layer = @Sendable (CoreMLConverter) -> (NeuralNetworkLayer) throws(ModelFormatError) -> Void

  /// What each layer is converted by, by the schema's number.
  static let layers: [Int: Layer] = {
    var table: [Int: Layer] = [:]
    for family in [
      elementLayers, imageLayers, productLayers, movementLayers, indexLayers, dynamicLayers, recurrentLayers,
    ] {
      table.merge(family) { first, _ in first }
    }
    return table
  }()

  /// A layer of one result, made of its first input and its parameters.
  static func making(
    _ body:
      @escaping @Sendable (CoreMLConverter, NeuralNetworkLayer, String, ProtobufRecord)
      throws(ModelFormatError) -> String
  ) -> Layer {
    { converter in
      { (layer) throws(ModelFormatError) in
        let first = layer.inputs.isEmpty ? "" : try converter.blob(layer)
        try converter.set(layer, try body(converter, layer, first, layer.parameters))
      }
    }
  }

  static func running(
    _ body: @escaping @Sendable (CoreMLConverter, NeuralNetworkLayer) throws(ModelFormatError) -> Void
  ) -> Layer {
    { converter in { (layer) throws(ModelFormatError) in try body(converter, layer) } }
  }

  func convertNetwork(_ message: ProtobufMessage, of model: CoreMLModel) throws(ModelFormatError) {
    let network = try ProtobufRecord(message)
    networkHasOldAxes = try network.integer(5) == 0
    blobs = [:]
    for input in model.inputs {
      place = "input '\(input.name)' of the model"
      var name = input.name
      if try elementType(name) != .f32 { name = try converted(name, to: .f32) }
      if networkHasOldAxes { name = try oldAxes(name) }
      blobs[input.name] = name
    }
    try preprocess(try network.messages(2), model)
    var last = ""
    for layerMessage in try network.messages(1) {
      let layer = try NeuralNetworkLayer(
        ProtobufMessage(file: message.file, range: layerMessage.range, place: "layer \(layerCount)"),
        index: layerCount)
      layerCount += 1
      place = layer.place
      do throws(ModelFormatError) {
        try convert(layer)
      } catch {
        try omit(layer, because: error)
      }
      last = layer.outputs.last ?? last
    }
    let labelled = try network.string(200)
    if let name = blobs[labelled.isEmpty ? last : labelled] { probabilities = name }
    for output in model.outputs where !nodes.isBound(output.name) {
      guard let blob = blobs[output.name] else { continue }
      if nodes.unknown.contains(blob) {
        nodes.unknown.insert(output.name)
      } else {
        try alias(blob, output.name)
      }
    }
  }

  private func convert(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    guard let handler = Self.layers[layer.kind] else { throw unsupported("is \(layer.kindName)") }
    guard layer.outputs.count >= 1 else { throw malformed("no outputs", expected: "at least 1") }
    try handler(self)(layer)
  }

  // MARK: Blobs

  /// The value of an input of a layer.
  func blob(_ layer: NeuralNetworkLayer, _ position: Int = 0) throws(ModelFormatError) -> String {
    guard position < layer.inputs.count else {
      throw malformed("\(layer.inputs.count) inputs", expected: "at least \(position + 1)")
    }
    guard let name = blobs[layer.inputs[position]] else {
      throw malformed("its input '\(layer.inputs[position])' has no value yet", expected: "an earlier result")
    }
    return name
  }

  func allBlobs(_ layer: NeuralNetworkLayer) throws(ModelFormatError) -> [String] {
    var names: [String] = []
    for position in layer.inputs.indices { names.append(try blob(layer, position)) }
    guard !names.isEmpty else { throw malformed("no inputs", expected: "at least 1") }
    return names
  }

  /// Makes `value` a layer's result. A layer may give its result the name of its input.
  func set(_ layer: NeuralNetworkLayer, _ value: String, _ position: Int = 0) throws(ModelFormatError) {
    guard position < layer.outputs.count else { return }
    blobs[layer.outputs[position]] = value
  }

  // MARK: Axes

  /// An array as sequence, channels, rows, columns.
  private func oldAxes(_ name: String) throws(ModelFormatError) -> String {
    let extents = try shape(name)
    switch extents.count {
    case 0, 1: return try reshaped(name, [1, extents.first ?? 1, 1, 1])
    case 2: return try reshaped(name, extents + [1, 1])
    case 3: return try reshaped(name, [1] + extents)
    case 4: return name
    case 5: return try reshaped(name, [-1] + extents.suffix(3))
    default: throw malformed("\(extents.count) axes", expected: "at most 5")
    }
  }

  /// An array of any number of axes as a batch of images, and its other leading axes.
  func asImage(_ x: String) throws(ModelFormatError) -> (image: String, leading: [Int]?) {
    let extents = try shape(x)
    guard extents.count != 4 else { return (x, nil) }
    guard extents.count >= 3 else {
      throw malformed("\(extents.count) axes", expected: "channels, rows and columns")
    }
    return (try reshaped(x, [-1] + extents.suffix(3)), Array(extents.dropLast(3)))
  }

  func fromImage(_ image: String, leading: [Int]?) throws(ModelFormatError) -> String {
    guard let leading else { return image }
    return try reshaped(image, leading + (try shape(image)).suffix(3))
  }

  // MARK: Preprocessing

  /// Images are scaled and shifted before the first layer, each channel by its own bias.
  private func preprocess(_ steps: [ProtobufMessage], _ model: CoreMLModel) throws(ModelFormatError) {
    for step in steps {
      let record = try ProtobufRecord(step)
      var name = try record.string(1)
      if name.isEmpty {
        name = model.inputs.first { if case .image = $0.kind { true } else { false } }?.name ?? ""
      }
      place = "the preprocessing of '\(name)'"
      guard let input = model.inputs.first(where: { $0.name == name }), let x = blobs[name] else {
        throw malformed("no input of the name", expected: "one of the model's")
      }
      let extents = try shape(x)
      if record.has(11) {
        let mean = try record.record(11).floats(1)
        blobs[name] = try node("Sub", [x, try floats(mean, Array(extents.dropFirst()))])
        continue
      }
      let scaler = try record.record(10)
      var scale = try scaler.float(10)
      if scale == 0 { scale = 1 }
      let isBGR = if case .image(_, _, _, true) = input.kind { true } else { false }
      let red = try scaler.float(22)
      let green = try scaler.float(21)
      let blue = try scaler.float(20)
      let channels = extents.count >= 3 ? extents[extents.count - 3] : 1
      let biases =
        channels == 3 ? (isBGR ? [blue, green, red] : [red, green, blue]) : [try scaler.float(30)]
      let scaled = try linear(x, scale, 0)
      blobs[name] =
        biases.allSatisfy { $0 == 0 }
        ? scaled : try node("Add", [scaled, try floats(biases, [biases.count, 1, 1])])
    }
  }
}
