import CKernels
import Testing

/// Conversions to and from the formats of 16 bits and fewer.
@Suite struct SmallFloatTests {
  static let bytes = (0...UInt8.max).map { $0 }

  private static func overflowing(_ values: [Float], to type: eb_type) throws -> [UInt8] {
    let operands = [Operand(values), Operand(room: values.count, of: UInt8.self)]
    var params = ConvertTests.params(EB_F32, type, count: values.count)
    params.overflows = 1
    try run(EB_OP_CONVERT, params, operands)
    return operands[1].elements(UInt8.self)
  }

  @Test(arguments: [EB_F8E4M3FN, EB_F8E4M3FNUZ, EB_F8E5M2, EB_F8E5M2FNUZ, EB_F8E8M0])
  func everyCodeComesBackFromItsNumber(type: eb_type) throws {
    let wide = try ConvertTests.convert(Self.bytes, type, to: EB_F32, as: Float.self)
    let back = try Self.overflowing(wide, to: type)
    for (code, (x, found)) in zip(Self.bytes, zip(wide, back)) where !x.isNaN {
      #expect(found == code, "\(x)")
    }
  }

  // The tables of OCP's specification, and of arXiv:2206.02915 for the fnuz formats.
  @Test func knownCodesStandForTheirNumbers() throws {
    func number(_ code: UInt8, _ type: eb_type) throws -> Float {
      try ConvertTests.convert([code], type, to: EB_F32, as: Float.self)[0]
    }
    #expect(try number(0x7E, EB_F8E4M3FN) == 448)
    #expect(try number(0x01, EB_F8E4M3FN) == 0x1p-9)
    #expect(try number(0x7F, EB_F8E4M3FN).isNaN)
    #expect(try number(0x7F, EB_F8E4M3FNUZ) == 240)
    #expect(try number(0x80, EB_F8E4M3FNUZ).isNaN)
    #expect(try number(0x7B, EB_F8E5M2) == 57344)
    #expect(try number(0xFC, EB_F8E5M2) == -.infinity)
    #expect(try number(0x7F, EB_F8E5M2FNUZ) == 57344)
    #expect(try number(127, EB_F8E8M0) == 1)
    let fours = try ConvertTests.convert(
      [0x10, 0x32, 0x54, 0x76] as [UInt8], EB_F4E2M1, to: EB_F32, as: Float.self, count: 8)
    #expect(fours == [0, 0.5, 1, 1.5, 2, 3, 4, 6])
  }

  @Test func whatIsTooLargeSaturatesOrOverflows() throws {
    let values: [Float] = [1e9, -1e9, .infinity]
    #expect(try ConvertTests.convert(values, EB_F32, to: EB_F8E4M3FN, as: UInt8.self) == [0x7E, 0xFE, 0x7E])
    #expect(try Self.overflowing(values, to: EB_F8E4M3FN) == [0x7F, 0xFF, 0x7F])
    #expect(try Self.overflowing(values, to: EB_F8E5M2) == [0x7C, 0xFC, 0x7C])
    #expect(try Self.overflowing(values, to: EB_F8E5M2FNUZ) == [0x80, 0x80, 0x80])
  }

  @Test func halvesGoToEven() throws {
    // Between 16 and 18, 18 and 20: steps of 2 at that size.
    #expect(
      try ConvertTests.convert([17, 19] as [Float], EB_F32, to: EB_F8E4M3FN, as: UInt8.self) == [0x58, 0x5A])
    let bfloat = try ConvertTests.convert(
      [1 + 0x1p-8, 1 + 0x3p-8] as [Float], EB_F32, to: EB_BF16, as: UInt16.self)
    #expect(bfloat == [0x3F80, 0x3F82])
  }

  @Test func castsToTwoBitsKeepTheLowBits() throws {
    let codes = try ConvertTests.convert(
      [-3, -1, 1, 9] as [Float], EB_F32, to: EB_I2, as: UInt8.self, bytes: 1)
    // 1, -1, 1, 1, the first in the lowest bits.
    #expect(codes == [0b01_01_11_01])
  }
}
