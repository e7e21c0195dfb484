internal import Units

extension ProfileReader {
  /// One line of text.
  func text(_ node: Located, path: String) -> String? {
    guard case .text(let text) = node.value else {
      report(.wrongType, node.line, "\(path) is \(kind(node)); expected a text.")
      return nil
    }
    guard !text.isEmpty, text != "~", text != "null" else {
      report(.wrongType, node.line, "\(path) is empty; expected a text, or leave the key out.")
      return nil
    }
    guard text.utf8.count <= 1000 else {
      report(.outOfRange, node.line, "\(path) has \(text.utf8.count) bytes; expected at most 1000.")
      return nil
    }
    guard !text.contains(where: \.isNewline) else {
      report(.wrongType, node.line, "\(path) has several lines; expected one.")
      return nil
    }
    return text
  }

  func quantity<Value: Quantity & Comparable>(
    _ node: Located, path: String, in range: ClosedRange<Value>, show: (Value) -> String
  ) -> Value? {
    guard let text = text(node, path: path) else { return nil }
    do {
      let value = try Value(parsing: text)
      guard range.contains(value) else {
        report(
          .outOfRange, node.line,
          "\(path) is '\(name(text))'; expected \(show(range.lowerBound)) to \(show(range.upperBound)).")
        return nil
      }
      return value
    } catch {
      report(.wrongUnit, node.line, "\(path) \(error).")
      return nil
    }
  }

  func integer(_ node: Located, path: String, in range: ClosedRange<Int>) -> Int? {
    guard let text = text(node, path: path) else { return nil }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text) else {
      report(.wrongType, node.line, "\(path) is '\(name(text))'; expected a whole number such as '4'.")
      return nil
    }
    guard range.contains(value) else {
      report(
        .outOfRange, node.line, "\(path) is \(value); expected \(range.lowerBound) to \(range.upperBound).")
      return nil
    }
    return value
  }

  func number(_ node: Located, path: String, in range: ClosedRange<Double>) -> Double? {
    guard let text = text(node, path: path) else { return nil }
    let isPlain = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    guard isPlain, let value = Double(text), value.isFinite else {
      report(.wrongType, node.line, "\(path) is '\(name(text))'; expected a number such as '7.5'.")
      return nil
    }
    guard range.contains(value) else {
      report(
        .outOfRange, node.line,
        "\(path) is \(name(text)); expected \(range.lowerBound) to \(range.upperBound).")
      return nil
    }
    return value
  }

  /// One of `words`.
  func word(_ node: Located, path: String, of words: [String]) -> String? {
    guard let text = text(node, path: path) else { return nil }
    guard words.contains(text) else {
      report(
        .outOfRange, node.line,
        "\(path) is '\(name(text))'; expected one of \(words.joined(separator: ", ")).")
      return nil
    }
    return text
  }
}
