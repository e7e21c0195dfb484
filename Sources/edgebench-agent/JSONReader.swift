/// Reads one JSON text, value by value, from bytes that anybody may have written.
///
/// Nesting is limited to ``maximumDepth``; nothing is read beyond the bytes given. Source: RFC 8259.
struct JSONReader {
  static let maximumDepth = 16

  private let bytes: UnsafeRawBufferPointer
  private(set) var position = 0
  private var depth = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  enum Fault: Error {
    case syntax, tooDeep, notAString, notAnInteger, notAnObject, notAnArray
  }

  /// Reads an object; `member` is given each name and must read or skip its value.
  mutating func object<Failure: Error>(
    _ member: (inout JSONReader, [UInt8]) throws(Failure) -> Void, orElse wrap: (Fault) -> Failure
  ) throws(Failure) {
    do throws(Fault) { try open("{", else: .notAnObject) } catch { throw wrap(error) }
    if close("}") { return }
    while true {
      let name: [UInt8]
      do throws(Fault) {
        name = try string()
        try expect(":")
      } catch {
        throw wrap(error == .notAString ? .syntax : error)
      }
      try member(&self, name)
      if close("}") { return }
      do throws(Fault) { try expect(",") } catch { throw wrap(error) }
    }
  }

  /// Reads an array; `element` must read or skip one value.
  mutating func array<Failure: Error>(
    _ element: (inout JSONReader) throws(Failure) -> Void, orElse wrap: (Fault) -> Failure
  ) throws(Failure) {
    do throws(Fault) { try open("[", else: .notAnArray) } catch { throw wrap(error) }
    if close("]") { return }
    while true {
      try element(&self)
      if close("]") { return }
      do throws(Fault) { try expect(",") } catch { throw wrap(error) }
    }
  }

  /// A string's UTF-8, escapes resolved.
  mutating func string() throws(Fault) -> [UInt8] {
    skipSpace()
    guard take("\"") else { throw .notAString }
    var result: [UInt8] = []
    while true {
      guard position < bytes.count else { throw .syntax }
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return result
      case UInt8(ascii: "\\"): try escape(into: &result)
      case 0..<0x20: throw .syntax
      default: result.append(byte)
      }
    }
  }

  /// A whole number without exponent, within `Int64`.
  mutating func integer() throws(Fault) -> Int64 {
    skipSpace()
    let isNegative = take("-")
    var value: Int64 = 0
    var digits = 0
    while position < bytes.count, let digit = Self.digit(bytes[position]) {
      let (tens, overflow1) = value.multipliedReportingOverflow(by: 10)
      let (next, overflow2) = tens.subtractingReportingOverflow(Int64(digit))  // the negative range is larger
      guard !overflow1, !overflow2 else { throw .notAnInteger }
      value = next
      digits += 1
      position += 1
    }
    let isFraction =
      position < bytes.count
      && (bytes[position] == UInt8(ascii: ".") || bytes[position] | 0x20 == UInt8(ascii: "e"))
    guard digits > 0, !isFraction, isNegative || value > .min else { throw .notAnInteger }
    return isNegative ? value : -value
  }

  /// Reads past one value of any kind.
  mutating func skip() throws(Fault) {
    skipSpace()
    guard position < bytes.count else { throw .syntax }
    switch bytes[position] {
    case UInt8(ascii: "{"):
      try object({ (reader, _) throws(Fault) in try reader.skip() }, orElse: { $0 })
    case UInt8(ascii: "["): try array({ (reader) throws(Fault) in try reader.skip() }, orElse: { $0 })
    case UInt8(ascii: "\""): _ = try string()
    default: try skipWord()
    }
  }

  /// True where nothing but white space is left.
  mutating func isAtEnd() -> Bool {
    skipSpace()
    return position == bytes.count
  }

  /// A number, `true`, `false` or `null`: whoever skips it does not care which.
  private mutating func skipWord() throws(Fault) {
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
        UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
        position += 1
      default:
        guard position > start else { throw .syntax }
        return
      }
    }
  }

  private mutating func open(_ bracket: Unicode.Scalar, else fault: Fault) throws(Fault) {
    skipSpace()
    guard take(bracket) else { throw fault }
    guard depth < Self.maximumDepth else { throw .tooDeep }
    depth += 1
  }

  private mutating func close(_ bracket: Unicode.Scalar) -> Bool {
    skipSpace()
    guard take(bracket) else { return false }
    depth -= 1
    return true
  }

  private mutating func expect(_ mark: Unicode.Scalar) throws(Fault) {
    skipSpace()
    guard take(mark) else { throw .syntax }
  }

  private mutating func take(_ mark: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: mark) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private mutating func escape(into result: inout [UInt8]) throws(Fault) {
    guard position < bytes.count else { throw .syntax }
    let mark = bytes[position]
    position += 1
    switch mark {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(mark)
    case UInt8(ascii: "b"): result.append(0x08)
    case UInt8(ascii: "f"): result.append(0x0C)
    case UInt8(ascii: "n"): result.append(0x0A)
    case UInt8(ascii: "r"): result.append(0x0D)
    case UInt8(ascii: "t"): result.append(0x09)
    case UInt8(ascii: "u"): try unicodeEscape(into: &result)
    default: throw .syntax
    }
  }

  private mutating func unicodeEscape(into result: inout [UInt8]) throws(Fault) {
    var code = try fourHexadecimalDigits()
    if 0xD800..<0xDC00 ~= code {
      guard take("\\"), take("u") else { throw .syntax }
      let low = try fourHexadecimalDigits()
      guard 0xDC00..<0xE000 ~= low else { throw .syntax }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard !(0xD800..<0xE000 ~= code) else { throw .syntax }
    switch code {
    case 0..<0x80: result.append(UInt8(code))
    case 0x80..<0x800: result += [0xC0 | UInt8(code >> 6), 0x80 | UInt8(code & 0x3F)]
    case 0x800..<0x10000:
      result += [0xE0 | UInt8(code >> 12), 0x80 | UInt8(code >> 6 & 0x3F), 0x80 | UInt8(code & 0x3F)]
    default:
      result += [
        0xF0 | UInt8(code >> 18), 0x80 | UInt8(code >> 12 & 0x3F), 0x80 | UInt8(code >> 6 & 0x3F),
        0x80 | UInt8(code & 0x3F),
      ]
    }
  }

  private mutating func fourHexadecimalDigits() throws(Fault) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard position < bytes.count, let digit = Self.hexadecimal(bytes[position]) else { throw .syntax }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte ? byte - UInt8(ascii: "0") : nil
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    if let digit = digit(byte) { return digit }
    let lower = byte | 0x20
    return UInt8(ascii: "a")...UInt8(ascii: "f") ~= lower ? lower - UInt8(ascii: "a") + 10 : nil
  }
}
