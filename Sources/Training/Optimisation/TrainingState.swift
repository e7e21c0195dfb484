import Digests
import Foundation

/// Everything that a training needs to go on after a step.
struct TrainingState: Equatable {
  /// Batches that are done, over all epochs.
  var step = 0
  var parameters: [Float]
  /// Of the optimizer.
  var moments: [[Float]]
  /// Running means and variances of batch normalisations.
  var statistics: [Float]

  private static let magic = Array("EBTRAIN2".utf8)

  /// "EBTRAIN2", the SHA-256 of the rest, the key's, the step, and each list with its length.
  ///
  /// - Parameter key: Names model, data, objective and options: a state of others is not this training's.
  func serialized(key: String) -> [UInt8] {
    var body = Array(SHA256.hexadecimal(of: key).utf8)
    Self.append(UInt64(step), to: &body)
    for list in [parameters, statistics] + moments {
      Self.append(UInt64(list.count), to: &body)
      list.withUnsafeBytes { body += $0 }
    }
    return Self.magic + Array(SHA256.hexadecimal(of: body).utf8) + body
  }

  /// - Returns: `nil` where the bytes are not a whole state of this key with lists of these lengths.
  init?(bytes: [UInt8], key: String, like other: TrainingState) {
    let start = Self.magic.count + 64
    guard bytes.count > start, bytes.starts(with: Self.magic) else { return nil }
    var body = bytes[start...]
    guard Array(SHA256.hexadecimal(of: Array(body)).utf8) == Array(bytes[Self.magic.count..<start]),
      body.prefix(64).elementsEqual(SHA256.hexadecimal(of: key).utf8)
    else { return nil }
    body = body.dropFirst(64)
    guard let number = Self.number(&body), let step = Int(exactly: number) else { return nil }
    self = other
    self.step = step
    guard let parameters = Self.list(&body, like: other.parameters),
      let statistics = Self.list(&body, like: other.statistics)
    else { return nil }
    self.parameters = parameters
    self.statistics = statistics
    for index in other.moments.indices {
      guard let list = Self.list(&body, like: other.moments[index]) else { return nil }
      moments[index] = list
    }
  }

  init(parameters: [Float], moments: [[Float]], statistics: [Float]) {
    self.parameters = parameters
    self.moments = moments
    self.statistics = statistics
  }

  private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  private static func number(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
    guard bytes.count >= 8 else { return nil }
    defer { bytes = bytes.dropFirst(8) }
    return bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func list(_ bytes: inout ArraySlice<UInt8>, like other: [Float]) -> [Float]? {
    guard number(&bytes) == UInt64(other.count), bytes.count >= other.count * 4 else { return nil }
    defer { bytes = bytes.dropFirst(other.count * 4) }
    return bytes.withUnsafeBytes { raw in
      (0..<other.count).map { raw.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
    }
  }
}
