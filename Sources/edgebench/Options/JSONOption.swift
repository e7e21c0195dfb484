import ArgumentParser
import Foundation
import Records

/// `--json PATH`: the result for programs; `-` is stdout.
struct JSONOption: ParsableArguments {
  @Option(help: ArgumentHelp("Write the result as JSON; '-' is stdout.", valueName: "PATH"))
  var json: String?

  /// Writes `value` if JSON was asked for.
  ///
  /// - Returns: Whether stdout is taken by it, so that nothing else may be printed there.
  func write(_ value: some Encodable) throws(CommandFailure) -> Bool {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try write(value, by: encoder)
  }

  /// Writes what `encoder` makes of `value`; as ``write(_:)``.
  func write(_ value: some Encodable, by encoder: JSONEncoder) throws(CommandFailure) -> Bool {
    guard json != nil else { return false }
    let data = try failing(as: .runFailed) { try encoder.encode(value) }
    return try write(text: String(decoding: data, as: UTF8.self) + "\n")
  }

  /// Writes JSON that is a text already; as ``write(_:)``.
  func write(text: String) throws(CommandFailure) -> Bool {
    guard let json else { return false }
    try failing(as: .runFailed) {
      if json == "-" {
        try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
      } else {
        try AtomicFile.write(Data(text.utf8), to: json)
      }
    }
    return json == "-"
  }
}
