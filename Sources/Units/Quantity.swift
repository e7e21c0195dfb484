/// A number with a unit that can be read from text.
public protocol Quantity {
  /// - Throws: ``UnitError`` naming what was found and what was expected.
  init(parsing text: String) throws(UnitError)
}

func decodeQuantity<Value: Quantity>(from decoder: any Decoder) throws -> Value {
  let container = try decoder.singleValueContainer()
  let text = try container.decode(String.self)
  do {
    return try Value(parsing: text)
  } catch {
    throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
  }
}

func encodeText(_ text: String, to encoder: any Encoder) throws {
  var container = encoder.singleValueContainer()
  try container.encode(text)
}
