/// Reads the binary form (`.param.bin`): the same as 32-bit words, types and blobs by number.
///
/// - Source: ncnn, docs/developer-guide/param-and-model-file-structure.md; the numbers of the types are the order of
///   ncnn's layer list, which only grows.
struct NcnnBinary {
  private var words: NcnnWords

  static func read(_ bytes: UnsafeRawBufferPointer) throws(NcnnError) -> NcnnNetwork {
    var reader = NcnnBinary(words: NcnnWords(bytes))
    return try reader.network()
  }

  private mutating func network() throws(NcnnError) -> NcnnNetwork {
    guard try words.next("magic") == NcnnNetwork.magic else {
      throw NcnnError(
        place: "word 0", found: "is no ncnn structure", expected: "\(NcnnNetwork.magic), little-endian")
    }
    // A layer takes at least its type, two counts and the end of its parameters.
    let layerCount = try words.count("layers", bytesEach: 16)
    let blobCount = try words.count("blobs", bytesEach: 4)
    var layers: [NcnnLayer] = []
    for index in 0..<layerCount { layers.append(try layer(index)) }
    return NcnnNetwork(layers: layers, blobCount: blobCount)
  }

  private mutating func layer(_ index: Int) throws(NcnnError) -> NcnnLayer {
    let place = "layer \(index)"
    let type = Int(try words.next(place))
    let bottoms = try words.count("inputs of \(place)", bytesEach: 4)
    let tops = try words.count("outputs of \(place)", bytesEach: 4)
    var layer = NcnnLayer(
      type: NcnnLayerTypes.names.indices.contains(type) ? NcnnLayerTypes.names[type] : "type \(type)",
      name: "\(index)", bottoms: [], tops: [], parameters: [:], position: place)
    for _ in 0..<bottoms { layer.bottoms.append("\(try words.next(place))") }
    for _ in 0..<tops { layer.tops.append("\(try words.next(place))") }
    while true {
      let id = Int(try words.next(place))
      if id == -233 { return layer }
      if id <= -23300 {
        guard id >= -23400 else { throw parameterError(id, layer) }
        let count = try words.count("items of parameter \(id) of \(place)", bytesEach: 4)
        var items: [NcnnValue] = []
        for _ in 0..<count { items.append(.bits(UInt32(bitPattern: try words.next(place)))) }
        layer.parameters[-23300 - id] = .list(items)
      } else {
        guard (0..<100).contains(id) else { throw parameterError(id, layer) }
        layer.parameters[id] = .bits(UInt32(bitPattern: try words.next(place)))
      }
    }
  }

  private func parameterError(_ id: Int, _ layer: NcnnLayer) -> NcnnError {
    NcnnError(
      place: layer.place, found: "parameter \(id)", expected: "0 to 99, a list of -23300 to -23400, or -233")
  }
}

/// 32-bit words of a file, one after the other.
struct NcnnWords {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func next(_ place: @autoclosure () -> String) throws(NcnnError) -> Int32 {
    guard bytes.count - offset >= 4 else {
      throw NcnnError(
        place: place(), found: "ends at byte \(bytes.count)", expected: "a word at byte \(offset)")
    }
    defer { offset += 4 }
    return Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
  }

  /// A count of things that take at least `bytesEach` bytes of what is left.
  mutating func count(_ what: String, bytesEach: Int) throws(NcnnError) -> Int {
    let count = Int(try next(what))
    guard (0...(bytes.count - offset) / bytesEach).contains(count) else {
      throw NcnnError(
        place: "word \(offset / 4 - 1)", found: "\(count) \(what)", expected: "what \(bytes.count) bytes hold"
      )
    }
    return count
  }
}
