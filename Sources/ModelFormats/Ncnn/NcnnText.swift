/// Reads the text form: a magic number, the counts of layers and blobs, then one layer a line.
///
///     Convolution  conv1  1 1 data conv1 0=32 1=3 3=2 5=1 6=864 -23310=1,0.1
///
/// A parameter is `id=value`; ids from -23300 downwards are lists, written as their length and items.
/// - Source: ncnn, docs/developer-guide/param-and-model-file-structure.md.
enum NcnnText {
  static func read(_ bytes: UnsafeRawBufferPointer) throws(NcnnError) -> NcnnNetwork {
    guard bytes.allSatisfy({ $0 == 9 || $0 == 10 || $0 == 13 || $0 >= 32 }) else {
      throw NcnnError(place: "structure", found: "holds control characters", expected: "lines of text")
    }
    let text = String(decoding: bytes, as: UTF8.self)
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().map {
      (number: $0.offset + 1, words: $0.element.split(whereSeparator: { $0 == " " || $0 == "\t" }))
    }.filter { !$0.words.isEmpty }
    guard lines.count >= 2, lines[0].words == [Substring(String(NcnnNetwork.magic))] else {
      throw NcnnError(place: "line 1", found: "is no ncnn structure", expected: "\(NcnnNetwork.magic)")
    }
    let counts = lines[1].words.compactMap { Int($0) }
    guard lines[1].words.count == 2, counts.count == 2 else {
      throw NcnnError(
        place: "line \(lines[1].number)", found: "'\(lines[1].words.joined(separator: " ").prefix(40))'",
        expected: "the counts of layers and blobs")
    }
    lines.removeFirst(2)
    guard counts[0] >= 1, lines.count >= counts[0] else {
      throw NcnnError(
        place: "structure", found: "\(lines.count) layers", expected: "\(counts[0]), as the second line says")
    }
    var layers: [NcnnLayer] = []
    // Further lines are not part of the network, as ncnn has it.
    for line in lines.prefix(counts[0]) {
      layers.append(try layer(line.words, position: "line \(line.number)"))
    }
    return NcnnNetwork(layers: layers, blobCount: counts[1])
  }

  private static func layer(_ words: [Substring], position: String) throws(NcnnError) -> NcnnLayer {
    guard words.count >= 4, let bottoms = Int(words[2]), let tops = Int(words[3]), bottoms >= 0, tops >= 0,
      bottoms <= words.count, tops <= words.count, words.count >= 4 + bottoms + tops
    else {
      throw NcnnError(
        place: position, found: "'\(words.joined(separator: " ").prefix(60))'",
        expected: "type, name, counts of inputs and outputs, their names, parameters")
    }
    var layer = NcnnLayer(
      type: String(words[0]), name: String(words[1]), bottoms: words[4..<4 + bottoms].map(String.init),
      tops: words[4 + bottoms..<4 + bottoms + tops].map(String.init), parameters: [:], position: position)
    for word in words[(4 + bottoms + tops)...] {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let id = Int(parts[0]) else { throw parameterError(word, layer) }
      // Lists are numbered -23300 - id.
      if id <= -23300 {
        guard id >= -23400 else { throw parameterError(word, layer) }
        layer.parameters[-23300 - id] = .list(try list(parts[1], word, layer))
      } else {
        guard (0..<100).contains(id), let value = value(parts[1]) else { throw parameterError(word, layer) }
        layer.parameters[id] = value
      }
    }
    return layer
  }

  private static func list(
    _ text: Substring, _ word: Substring, _ layer: NcnnLayer
  ) throws(NcnnError) -> [NcnnValue] {
    let items = text.split(separator: ",", omittingEmptySubsequences: false)
    guard let count = Int(items[0]), count == items.count - 1 else { throw parameterError(word, layer) }
    var values: [NcnnValue] = []
    for item in items.dropFirst() {
      guard let value = value(item) else { throw parameterError(word, layer) }
      values.append(value)
    }
    return values
  }

  /// A number where it has a point or an exponent, as ncnn tells them apart.
  private static func value(_ text: Substring) -> NcnnValue? {
    if text.contains(where: { $0 == "." || $0 == "e" || $0 == "E" }) {
      return Float(text).map { .number($0) }
    }
    return Int32(text).map { .integer($0) }
  }

  private static func parameterError(_ word: Substring, _ layer: NcnnLayer) -> NcnnError {
    NcnnError(
      place: layer.place, found: "'\(word.prefix(40))'",
      expected: "a parameter such as '0=32' or '-23310=2,0.5,1.0'")
  }
}
