extension ProfileReader {
  /// The figure `key` of `block`: `{ value: ..., source: ... }`, or a bare value where the block has a `source`.
  func figure<Value>(
    _ key: String, of block: Block, read: (Located, String) -> Value?
  ) -> Sourced<Value>? {
    guard let node = block.node[key] else { return nil }
    let path = block.path(to: key)
    guard case .map = node.value else {
      let value = read(node, path)
      guard let inherited = block.node["source"] else {
        report(
          .missingSource, node.line,
          "\(path) has no source; expected '{ value: ..., source: ... }', or a 'source' beside it for the "
            + "whole block.")
        return nil
      }
      guard let source = source(inherited, path: block.path.isEmpty ? "profile" : block.path), let value
      else {
        return nil
      }
      return Sourced(value, source: source)
    }
    guard self.block(node, path: path, keys: ["value", "source", "note"]) != nil else { return nil }
    let note = node["note"].flatMap { text($0, path: "\(path).note") }
    let value: Value?
    if let valueNode = node["value"] {
      value = read(valueNode, path)
    } else {
      report(.missingKey, node.line, "\(path) has no value; expected '{ value: ..., source: ... }'.")
      value = nil
    }
    guard let sourceNode = node["source"] ?? block.node["source"] else {
      report(
        .missingSource, node.line,
        "\(path) has no source; say where it is from: a URL, a datasheet, or a key of 'sources'.")
      return nil
    }
    guard let source = source(sourceNode, path: path), let value else { return nil }
    return Sourced(value, source: source, note: note)
  }

  func sourceText(of block: Block) -> String? {
    guard let node = block.node["source"] else {
      report(
        .missingSource, block.node.line, "\(block.path) has no source; say whose figures these are.")
      return nil
    }
    return source(node, path: block.path)
  }
}
