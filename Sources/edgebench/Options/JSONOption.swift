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
    guard let json else { return false }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    try failing(as: .runFailed) {
      var data = try encoder.encode(value)
      data.append(UInt8(ascii: "\n"))
      if json == "-" {
        try FileHandle.standardOutput.write(contentsOf: data)
      } else {
        try AtomicFile.write(data, to: json)
      }
    }
    return json == "-"
  }
}
