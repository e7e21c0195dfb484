import Graph

/// Makes a graph of an ncnn network, layer by layer.
struct NcnnConverter {
  var graph: Graph
  var weights: NcnnWeights
  private var blobs: [String: NcnnBlob] = [:]
  /// What a blob is in its other layout, so that it is rearranged once.
  private var rearranged: [NcnnBlob: NcnnBlob] = [:]
  private var names = UniqueNames()
  /// What had to be assumed.
  private(set) var notes: [String] = []
  /// Whether layers that cannot be run are left out.
  let omitsUnsupported: Bool
  /// Whether the inputs have the shapes that the file has for them.
  private(set) var hasFileShapes = true
  /// Results of omitted layers whose shape is not known.
  private var unknown: Set<String> = []
  /// What omitted layers read.
  private var omittedOperands: [TensorID] = []

  init(name: String, weights: NcnnWeights, omitsUnsupported: Bool = false) {
    self.omitsUnsupported = omitsUnsupported
    graph = Graph(name: name)
    self.weights = weights
  }

  mutating func graph(
    of network: NcnnNetwork, inputShapes: [String: Shape]
  ) throws(NcnnError) -> Graph {
    try checkInputs(network, inputShapes)
    for layer in network.layers {
      if layer.type == "Input" {
        try input(layer, inputShapes)
      } else {
        try convertOrOmit(layer)
      }
    }
    let used = Set(network.layers.filter { !Self.isEnding($0) }.flatMap(\.bottoms))
    var outputs: [TensorID] = []
    for layer in network.layers {
      for top in layer.tops where !used.contains(top) {
        if unknown.contains(top) { graph.omissions?.unknownOutputs.append(top) }
        guard let blob = blobs[top] else { continue }
        let id = try batched(blob, name: top)
        if !outputs.contains(id), graph[id].constant == nil { outputs.append(id) }
      }
    }
    graph.outputs = outputs
    if graph.omissions != nil {
      graph.omissions?.outputCount = outputs.count
      graph.outputs += Set(omittedOperands).subtracting(outputs).sorted { $0.index < $1.index }
      graph = graph.removingUnread()
    }
    do throws(GraphError) {
      try graph.validate()
    } catch {
      throw NcnnError(place: error.place, found: error.found, expected: error.expected)
    }
    return graph
  }

  // MARK: Inputs

  private func checkInputs(_ network: NcnnNetwork, _ shapes: [String: Shape]) throws(NcnnError) {
    let names = network.layers.filter { $0.type == "Input" }.flatMap(\.tops)
    for name in shapes.keys.sorted() where !names.contains(name) {
      throw NcnnError(
        place: "input '\(name)'", found: "the model has no such input",
        expected: "one of \(names.map { "'\($0)'" }.joined(separator: ", "))")
    }
    guard !names.isEmpty else {
      throw NcnnError(place: "structure", found: "no Input layer", expected: "at least one")
    }
  }

  private mutating func input(_ layer: NcnnLayer, _ shapes: [String: Shape]) throws(NcnnError) {
    let top = try top(layer)
    var dimensions: [Int] = []
    for id in [2, 1, 0] {
      let extent = try layer.extent(id, default: 0, in: 0...Shape.largestExtent)
      if extent > 0 || !dimensions.isEmpty { dimensions.append(extent) }
    }
    if try layer.integer(11, default: 0) != 0 {
      throw NcnnError(place: layer.place, found: "is a volume of four axes")
    }
    if let given = shapes[top] {
      guard given.rank == 4 || given.rank == dimensions.count, given.rank < 4 || given[0] == 1 else {
        throw NcnnError(
          place: "input '\(top)'", found: "shape \(given)", expected: "1xCxHxW, as ncnn's image is")
      }
      hasFileShapes = false
      dimensions = given.rank == 4 ? Array(given.dimensions.dropFirst()) : given.dimensions
    } else if dimensions.isEmpty {
      // Where the file leaves the shape open, the image that ncnn's own benchmark feeds the model.
      let side = Self.benchmarkSides[graph.name] ?? 224
      hasFileShapes = false
      dimensions = [3, side, side]
      notes.append(
        "input '\(top)' has no shape in the file; taken to be 1x3x\(side)x\(side) (--shape \(top)=1x3xHxW)")
    }
    guard dimensions.allSatisfy({ $0 >= 1 }), let count = Shape(dimensions).elementCount,
      count <= Shape.largestByteCount / 4
    else {
      throw NcnnError(
        place: layer.place, found: "shape \(Shape(dimensions))", expected: "extents of 1 and more")
    }
    let shape = dimensions.count == 3 ? Shape([1] + dimensions) : Shape(dimensions)
    let id = add(Tensor(name: names.take(top), elementType: .f32, shape: shape))
    graph.inputs.append(id)
    var blob = NcnnBlob(id: id, dimensions: dimensions, layout: .plain)
    if dimensions.count == 3 {
      // From [1, C, H, W] at once to where the first layer wants it.
      blob.id = try emit(.transpose(permutation: [0, 2, 3, 1]), [id], layer)
      blob.layout = .channelsLast
    }
    try define(top, blob, layer)
  }

  /// - Source: ncnn, benchmark/benchncnn.cpp.
  static let benchmarkSides = ["FastestDet": 352, "vision_transformer": 384, "vision_transformer_int8": 384]

  // MARK: Blobs

  func bottom(_ layer: NcnnLayer, _ index: Int = 0) throws(NcnnError) -> NcnnBlob {
    guard layer.bottoms.indices.contains(index) else {
      throw NcnnError(
        place: layer.place, found: "\(layer.bottoms.count) inputs", expected: "at least \(index + 1)")
    }
    return try bottom(named: layer.bottoms[index], of: layer)
  }

  func bottom(named name: String, of layer: NcnnLayer) throws(NcnnError) -> NcnnBlob {
    if unknown.contains(name) {
      throw NcnnError(place: layer.place, found: "\(OmittedOperator.unknownOperand) '\(name)'")
    }
    guard let blob = blobs[name] else {
      throw NcnnError(
        place: layer.place, found: "reads '\(name)', which no layer before it makes",
        expected: "layers in the order of execution")
    }
    return blob
  }

  func top(_ layer: NcnnLayer, _ index: Int = 0) throws(NcnnError) -> String {
    guard layer.tops.indices.contains(index) else {
      throw NcnnError(
        place: layer.place, found: "\(layer.tops.count) outputs", expected: "at least \(index + 1)")
    }
    return layer.tops[index]
  }

  mutating func define(_ name: String, _ blob: NcnnBlob, _ layer: NcnnLayer) throws(NcnnError) {
    guard blobs.updateValue(blob, forKey: name) == nil else {
      throw NcnnError(
        place: layer.place, found: "makes '\(name)' again", expected: "a name for each output of a layer")
    }
  }

  func isDefined(_ name: String) -> Bool { blobs[name] != nil }

  mutating func note(_ note: String) { notes.append(note) }

  // MARK: Omissions

  mutating func markUnknown(_ name: String) { unknown.insert(name) }

  /// Leaves a layer out; what it reads is kept.
  mutating func omit(_ op: OmittedOperator, operands: [TensorID]) {
    graph.omit(op)
    omittedOperands += operands
  }

  /// An input of the graph in the place of an omitted layer's result.
  mutating func standIn(_ name: String, _ shape: Shape) -> TensorID {
    let id = add(Tensor(name: names.take(name), elementType: .f32, shape: shape))
    graph.inputs.append(id)
    return id
  }

  /// Defines the layer's output 0.
  mutating func finish(_ layer: NcnnLayer, _ blob: NcnnBlob) throws(NcnnError) {
    try define(try top(layer), blob, layer)
  }

  /// An image as `[1, H, W, C]`.
  mutating func channelsLast(_ blob: NcnnBlob, _ layer: NcnnLayer) throws(NcnnError) -> TensorID {
    guard blob.dimensions.count == 3 else {
      throw NcnnError(
        place: layer.place, found: "its input is \(Shape(blob.dimensions))",
        expected: "an image of three axes")
    }
    return try arranged(blob, .channelsLast, layer).id
  }

  /// The blob with exactly its own axes: `[C, H, W]`, `[H, W]` or `[W]`.
  mutating func plain(_ blob: NcnnBlob, _ layer: NcnnLayer) throws(NcnnError) -> TensorID {
    try arranged(blob, .plain, layer).id
  }

  mutating func arranged(
    _ blob: NcnnBlob, _ layout: NcnnBlob.Layout, _ layer: NcnnLayer
  ) throws(NcnnError) -> NcnnBlob {
    guard blob.dimensions.count == 3, blob.layout != layout else { return blob }
    if let known = rearranged[blob] { return known }
    var other = blob
    other.layout = layout
    let (channels, height, width) = (blob.dimensions[0], blob.dimensions[1], blob.dimensions[2])
    let moves = channels > 1 && height * width > 1
    switch layout {
    case .channelsLast:
      if moves {
        let image = try reshaped(blob.id, [1, channels, height, width], layer)
        other.id = try emit(.transpose(permutation: [0, 2, 3, 1]), [image], layer)
      } else {
        other.id = try reshaped(blob.id, [1, height, width, channels], layer)
      }
    case .plain:
      let first = moves ? try emit(.transpose(permutation: [0, 3, 1, 2]), [blob.id], layer) : blob.id
      other.id = try reshaped(first, Shape(blob.dimensions), layer)
    }
    rearranged[blob] = other
    return other
  }

  /// A graph output: an image gets its batch of one back.
  private mutating func batched(_ blob: NcnnBlob, name: String) throws(NcnnError) -> TensorID {
    let layer = NcnnLayer(
      type: "output", name: name, bottoms: [], tops: [], parameters: [:], position: "output")
    let plain = try arranged(blob, .plain, layer)
    guard blob.dimensions.count == 3 else { return plain.id }
    return try reshaped(plain.id, Shape([1] + blob.dimensions), layer)
  }

  // MARK: Nodes

  mutating func add(_ tensor: Tensor) -> TensorID {
    graph.tensors.append(tensor)
    return TensorID(graph.tensors.count - 1)
  }

  mutating func constant(_ layer: NcnnLayer, _ role: String, _ shape: Shape, _ values: [Float]) -> TensorID {
    add(
      Tensor(
        name: names.take("\(layer.name)/\(role)"), elementType: .f32, shape: shape,
        constant: TensorData(values)))
  }

  mutating func reshaped(_ id: TensorID, _ shape: Shape, _ layer: NcnnLayer) throws(NcnnError) -> TensorID {
    guard graph[id].shape != shape else { return id }
    guard graph[id].constant != nil, shape.elementCount == graph[id].shape.elementCount else {
      return try emit(.reshape, [id], layer, shape: shape)
    }
    var tensor = graph[id]
    tensor.shape = shape
    tensor.name = names.take("\(layer.name)/constant")
    return add(tensor)
  }

  /// Adds a node; `shape` is that of its result where its inputs do not determine it.
  mutating func emit(
    _ op: Operator, _ inputs: [TensorID?], _ layer: NcnnLayer, shape: Shape? = nil,
    elementType: ElementType? = nil, quantization: Quantization? = nil
  ) throws(NcnnError) -> TensorID {
    guard case let first?? = inputs.first else {
      throw NcnnError(place: layer.place, found: "no input", expected: "one")
    }
    let declared = TensorType(elementType ?? graph[first].elementType, shape ?? graph[first].shape)
    let name = names.take(layer.name)
    do throws(GraphError) {
      let types = try op.outputTypes(
        node: name, inputs: inputs.map { $0.map { graph[$0].type } }, declared: [declared])
      let type = types.first ?? declared
      let id = add(
        Tensor(name: name, elementType: type.elementType, shape: type.shape, quantization: quantization))
      graph.nodes.append(Node(name: name, op: op, inputs: inputs, outputs: [id]))
      return id
    } catch {
      throw NcnnError(place: layer.place, found: error.found, expected: error.expected)
    }
  }

  func shape(_ id: TensorID) -> Shape { graph[id].shape }
}

/// A tensor between layers: ncnn's shape, and how the graph holds it.
struct NcnnBlob: Hashable {
  enum Layout: Hashable {
    /// The blob's own axes, outermost first.
    case plain
    /// `[1, H, W, C]`; only where there are three axes.
    case channelsLast
  }

  var id: TensorID
  /// Outermost first: `[C, H, W]`, `[H, W]` or `[W]`.
  var dimensions: [Int]
  var layout: Layout

  /// The axis of the graph's tensor that stands for ncnn's `axis`.
  func axis(_ axis: Int) -> Int { layout == .channelsLast ? [3, 1, 2][axis] : axis }
}
