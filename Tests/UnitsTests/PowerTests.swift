import Testing
import Units

@Suite struct PowerTests {
  @Test(arguments: [("4.6 W", 4.6), ("750 mW", 0.75), ("5W", 5)]) func textIsReadWithItsUnit(
    text: String, watts: Double
  )
    throws
  {
    #expect(try Power(parsing: text).watts == watts)
  }

  @Test(arguments: ["4.6", "4.6 V", "-1 W", "W", ""]) func anythingElseIsRefused(text: String) {
    #expect(throws: UnitError.self) { try Power(parsing: text) }
  }

  @Test func exactTextReadsBack() throws {
    for watts in [0.001, 1.75, 9.7, 100] {
      #expect(try Power(parsing: Power(watts: watts).exactText) == Power(watts: watts))
    }
  }
}
