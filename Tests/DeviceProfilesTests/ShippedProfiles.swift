import DeviceProfiles
import Testing
import Units

/// `profiles/` of this package.
let shipped = ProfileLibrary(directory: packageFolder + "/profiles")

let packageFolder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(
  separator: "/")

@Suite struct ShippedProfiles {
  @Test func coverTheBoardsThatTheReadmePromises() {
    let expected = [
      "am62x", "beaglebone-black", "cm4", "imx6ull", "imx8m-mini", "imx8m-plus", "imx93", "jetson-nano",
      "nanopi-r2s", "revpi-connect-4", "rk3566", "rk3588", "rpi-zero-2w", "rpi3b-plus", "rpi4", "rpi5",
      "siemens-iot2050", "stm32mp157",
    ]
    #expect(Set(expected).subtracting(shipped.names).isEmpty)
  }

  @Test(arguments: shipped.names) func haveNoFindings(name: String) {
    #expect(ProfileLibrary.check(file: "\(shipped.directory)/\(name).yaml").map(\.description) == [])
  }

  @Test(arguments: shipped.allNames) func readBackFromTheirCanonicalForm(name: String) throws {
    let profile = try shipped.load(name)
    let library = try Scratch.library([name: profile.canonicalForm()])
    defer { Scratch.remove(library) }
    #expect(try library.load(name) == profile)
    #expect(profile.digest.count == 64)
  }

  @Test func raspberryPi4IsTheOneWithFourGigabytesAndHasVariants() throws {
    let board = try shipped.load("rpi4")
    #expect(board.memory.dram?.value == .gibibytes(4))
    #expect(board.coreCount == 4)
    #expect(board.clusters[0].maxClock?.value == .megahertz(1800))
    #expect(board.defaultRequirements.memory == .gibibytes(1))
    for (variant, size) in [("1gb", 1.0), ("2gb", 2), ("4gb", 4), ("8gb", 8)] {
      let variant = try shipped.load("rpi4-\(variant)")
      #expect(variant.memory.dram?.value == .gibibytes(size))
      #expect(variant.clusters == board.clusters)
      #expect(variant.defaultRequirements.memory == .gibibytes(size / 4))
    }
    #expect(try shipped.load("rpi4-4gb").digest == board.digest)
    #expect(try shipped.load("rpi4-2gb").digest != board.digest)
  }

  @Test func leaveOutWhatNoSourceTells() throws {
    #expect(try shipped.load("siemens-iot2050").clusters[0].maxClock == nil)
    #expect(try shipped.load("imx93").memory.dram == nil)
    #expect(try shipped.load("imx6ull").clusters[0].int8PerCycle == nil)
  }

  @Test func bigCoresComeFirst() throws {
    let cores = try shipped.load("rk3588").clusters.map(\.core.value)
    #expect(cores == ["Cortex-A76", "Cortex-A55"])
  }
}
