public import Foundation
import Units

extension RunRecord {
  /// A file of more bytes is refused unread: half a million samples take about 6 MB.
  public static let maximumFileSize = 16 << 20

  /// Reads a record from `data`, which may come from anywhere.
  ///
  /// - Throws: ``RecordError`` with `file`, the field, what was found and what was expected.
  public init(json data: Data, file: String) throws(RecordError) {
    guard data.count <= Self.maximumFileSize else {
      throw RecordError(
        file: file,
        problem:
          "is \(ByteCount(bytes: data.count)); expected a record, of at most \(ByteCount(bytes: Self.maximumFileSize))"
      )
    }
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    do {
      // The schema first: another one may differ in everything else.
      let schema = try decoder.decode(Schema.self, from: data).schema
      guard schema == Self.schemaVersion else {
        let cure = schema > Self.schemaVersion ? "Update edgebench" : "Measure again"
        throw RecordError(
          file: file, problem: "schema is \(schema); this edgebench reads \(Self.schemaVersion). \(cure)")
      }
      self = try decoder.decode(RunRecord.self, from: data)
    } catch let error as RecordError {
      throw error
    } catch let error as DecodingError {
      throw RecordError(file: file, problem: error.problem(in: data))
    } catch {
      throw RecordError(file: file, problem: "is not a record: \(printable("\(error)", limit: 200))")
    }
    if let problem = implausibility { throw RecordError(file: file, problem: problem) }
  }

  private struct Schema: Decodable { var schema: Int }
}

extension DecodingError {
  /// The field, what it is and what was expected.
  fileprivate func problem(in data: Data) -> String {
    switch self {
    case .typeMismatch(let type, let context):
      return "\(field(context.codingPath)) is \(found(context.codingPath, in: data)); expected \(noun(type))"
    case .valueNotFound(let type, let context):
      return "\(field(context.codingPath)) is null; expected \(noun(type))"
    case .keyNotFound(let key, let context):
      return "\(field(context.codingPath + [key])) is missing; expected a record of this edgebench"
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
      return "is not JSON; expected a record. Delete it and measure again"
    case .dataCorrupted(let context):
      let text = printable(context.debugDescription, limit: 200)
      return "\(field(context.codingPath)) is \(found(context.codingPath, in: data)); \(text)"
    @unknown default:
      return "is not a record"
    }
  }

  private func field(_ path: [any CodingKey]) -> String {
    guard !path.isEmpty else { return "the file" }
    let text = path.reduce("") { text, key in
      if let index = key.intValue { return text + "[\(index)]" }
      return text + (text.isEmpty ? "" : ".") + key.stringValue
    }
    return printable(text, limit: 200)
  }

  private func noun(_ type: Any.Type) -> String {
    switch type {
    case is Int.Type, is Int64.Type, is UInt64.Type: "a whole number"
    case is Double.Type: "a number"
    case is String.Type: "a text"
    case is Bool.Type: "true or false"
    default: "\(type)".hasPrefix("Array") ? "a list" : "an object"
    }
  }

  /// The value at `path`, for the message.
  private func found(_ path: [any CodingKey], in data: Data) -> String {
    guard var value = try? JSONSerialization.jsonObject(with: data, options: [.fragmentsAllowed]) else {
      return "unreadable"
    }
    for key in path {
      if let list = value as? [Any], let index = key.intValue, list.indices.contains(index) {
        value = list[index]
      } else if let object = value as? [String: Any], let member = object[key.stringValue] {
        value = member
      } else {
        break
      }
    }
    switch value {
    case let text as String: return "'\(printable(text, limit: 60))'"
    case let number as NSNumber: return printable("\(number)", limit: 60)
    case is [Any]: return "a list"
    case is NSNull: return "null"
    default: return "an object"
    }
  }
}
