import DeviceProfiles
import Testing
import Units

@Suite struct ProfileLibraryTests {
  @Test func anUnknownNameGetsTheNearestOne() throws {
    let error = try #require(throws: ProfileError.self) { try shipped.load("rpi-zero2w") }
    #expect(error.description == "Unknown profile 'rpi-zero2w'. Did you mean 'rpi-zero-2w'?")
    #expect(error.kind == .unknownProfile)
  }

  @Test(arguments: ["rpi4-3gb", "rip4", "RPI4", "beagleboneblack"]) func slipsAreUnderstood(name: String)
    throws
  {
    let error = try #require(throws: ProfileError.self) { try shipped.load(name) }
    #expect(error.description.contains("Did you mean '"))
  }

  @Test(arguments: [
    "", "../../etc/passwd", "toaster", "rpi4/../rpi5", String(repeating: "a", count: 100_000),
  ])
  func whatIsLikeNothingGetsAHintAndTouchesNoFile(name: String) throws {
    let error = try #require(throws: ProfileError.self) { try shipped.load(name) }
    #expect(error.kind == .unknownProfile)
    #expect(error.description.count < 200)
  }

  @Test func anEmptyFolderSaysSo() throws {
    let library = ProfileLibrary(directory: "/nonexistent")
    #expect(library.names == [])
    let error = try #require(throws: ProfileError.self) { try library.load("rpi4") }
    #expect(error.description == "Unknown profile 'rpi4'. There is no profile in /nonexistent.")
  }

  @Test func theDigestDependsOnTheFiguresOnly() throws {
    let relaid = "# A comment.\n" + sound.replacing("sheet", with: "datasheet-2")
    let library = try Scratch.library([
      "a": sound, "b": relaid, "c": sound.replacing("512 MiB", with: "0.5 GiB"),
      "d": sound.replacing("512 MiB", with: "513 MiB"),
    ])
    defer { Scratch.remove(library) }
    let digests = try ["a", "b", "c", "d"].map { try library.load($0).digest }
    #expect(digests[0] != digests[1])  // the URL ends in the source's name
    #expect(digests[0] == digests[2])
    #expect(digests[0] != digests[3])
  }

  @Test func aFileOnItsOwnLoads() throws {
    let library = try Scratch.library(["board": sound])
    defer { Scratch.remove(library) }
    let profile = try ProfileLibrary.load(file: library.directory + "/board.yaml")
    #expect(profile.id == "board")
    #expect(profile.memory.copyBandwidth?.source == "tinymembench, 2024")
    #expect(profile.clusters[0].maxClock?.source == "https://example.org/datasheet")
    #expect(profile.defaultRequirements.memory == .mebibytes(128))
  }

  @Test func theHostIsReadFromTheKernelAndReadsBack() throws {
    let host = DeviceProfile.host(date: "2025-01-31")
    #expect(host.coreCount >= 1)
    #expect(try #require(host.memory.dram).value > .mebibytes(64))
    #expect(host.memory.dram?.source == "read from this machine, 2025-01-31")
    let library = try Scratch.library(["host": host.canonicalForm()])
    defer { Scratch.remove(library) }
    #expect(ProfileLibrary.check(file: library.directory + "/host.yaml") == [])
    #expect(try library.load("host") == host)
  }

  @Test func theNearestNameIsNear() {
    #expect(closestName(to: "rpi5", among: ["rpi4", "rpi5-2gb"]) == "rpi4")
    #expect(closestName(to: "memroy", among: ["memory", "storage"]) == "memory")
    #expect(closestName(to: "xyz", among: ["memory", "storage"]) == nil)
    #expect(closestName(to: "", among: ["a"]) == nil)
  }
}
