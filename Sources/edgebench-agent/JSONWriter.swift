internal import CLinux

/// Text and JSON to a descriptor, through a buffer of fixed size.
struct JSONWriter {
  private let descriptor: Int32
  private let buffer: UnsafeMutableRawBufferPointer
  private var count = 0
  private var error: Int32 = 0

  /// The buffer is never given back: there is one writer for the life of the program.
  init(descriptor: Int32) {
    self.descriptor = descriptor
    buffer = .allocate(byteCount: 4096, alignment: 16)
  }

  /// Writes out what is buffered. False if it, or anything before, could not be written.
  mutating func flush() -> Bool {
    if error == 0, count > 0 { error = eb_stream_write(descriptor, buffer.baseAddress, count) }
    count = 0
    return error == 0
  }

  mutating func byte(_ value: UInt8) {
    if count == buffer.count { _ = flush() }
    buffer[count] = value
    count += 1
  }

  mutating func text(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount { byte(text.utf8Start[index]) }
  }

  mutating func text(_ text: UnsafePointer<CChar>?) {
    guard var next = text else { return }
    while next.pointee != 0 {
      byte(UInt8(bitPattern: next.pointee))
      next += 1
    }
  }

  mutating func number<Number: FixedWidthInteger>(_ value: Number) {
    if value < 0 { byte(UInt8(ascii: "-")) }
    var magnitude = UInt64(value.magnitude)
    // The largest UInt64 has 20 digits.
    var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
    withUnsafeMutableBytes(of: &digits) { digits in
      var first = digits.count
      repeat {
        first -= 1
        digits[first] = UInt8(ascii: "0") + UInt8(magnitude % 10)
        magnitude /= 10
      } while magnitude != 0
      for index in first..<digits.count { byte(digits[index]) }
    }
  }

  /// A JSON string. Bytes that are not UTF-8 come out as "?".
  mutating func string(_ bytes: UnsafeRawBufferPointer) {
    byte(UInt8(ascii: "\""))
    var index = 0
    while index < bytes.count {
      let length = UTF8Sequence.length(in: bytes, at: index)
      if length == 1 {
        escaped(bytes[index])
      } else if length == 0 {
        byte(UInt8(ascii: "?"))
      } else {
        for offset in 0..<length { byte(bytes[index + offset]) }
      }
      index += max(1, length)
    }
    byte(UInt8(ascii: "\""))
  }

  private mutating func escaped(_ ascii: UInt8) {
    switch ascii {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      byte(UInt8(ascii: "\\"))
      byte(ascii)
    case 0..<0x20:
      text("\\u00")
      byte(Self.hexadecimal(ascii >> 4))
      byte(Self.hexadecimal(ascii & 15))
    default:
      byte(ascii)
    }
  }

  private static func hexadecimal(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
  }
}

/// Well-formed UTF-8, as far as a byte sequence can be told to be it. Source: RFC 3629, section 4.
enum UTF8Sequence {
  /// The length of the character at `index`, 1 to 4 bytes; 0 where the bytes are not UTF-8.
  static func length(in bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
    let first = bytes[index]
    if first < 0x80 { return 1 }
    let length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
    guard length > 0, length <= bytes.count - index else { return 0 }
    for offset in 1..<length where bytes[index + offset] & 0xC0 != 0x80 { return 0 }
    let second = bytes[index + 1]
    switch first {
    case 0xE0 where second < 0xA0: return 0  // could be shorter
    case 0xED where second > 0x9F: return 0  // a surrogate
    case 0xF0 where second < 0x90: return 0
    case 0xF4 where second > 0x8F: return 0  // beyond U+10FFFF
    default: return length
    }
  }
}
