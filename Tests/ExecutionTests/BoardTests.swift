import Foundation
import Records
import Testing

@testable import Execution

@Suite struct BoardAddressTests {
  @Test(arguments: [
    "ssh://pi@raspberrypi", "ssh://host", "ssh://host:2222", "ssh://a.b-c_d@10.0.0.1:22",
    "ssh://pi@[fe80::1]:22",
    "qemu-user:cortex-a72",
  ])
  func addressReadsBackAsItWasWritten(text: String) throws {
    #expect(try BoardAddress(text).text == text)
  }

  @Test(arguments: [
    "", "ssh://", "ssh://-oProxyCommand=x", "ssh://-x@host", "ssh://@host", "ssh://a b", "ssh://host:0",
    "ssh://host:65536", "ssh://host:x", "ssh://a;b", "ssh://$(x)", "ssh://a:b:c", "ssh://[fe80::1",
    "ssh://[]",
    "qemu-user:", "qemu-user:-x", "qemu-user:a b", "http://host", "host", "ssh://host\n",
  ])
  func hostileAddressIsRefusedInOneLine(text: String) {
    let error = #expect(throws: ExecutionError.self) { try BoardAddress(text) }
    #expect(error?.kind == .board)
  }
}

@Suite struct BoardListTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }
  private var path: String { "\(scratch.path)/config/boards.json" }

  @Test func listKeepsWhatIsAdded() throws {
    var list = try BoardList(path: path)
    #expect(list.boards.isEmpty)
    let board = Board(
      name: "kitchen", address: try BoardAddress("ssh://pi@kitchen"), sshConfiguration: "/a b/c")
    try list.add(board)
    #expect(try BoardList(path: path).boards == [board])
    try list.remove("kitchen")
    #expect(try BoardList(path: path).boards.isEmpty)
  }

  @Test func nameIsTakenOnce() throws {
    var list = try BoardList(path: path)
    let board = Board(name: "a", address: .qemuUser(core: "cortex-a53"))
    try list.add(board)
    #expect(throws: ExecutionError.self) { try list.add(board) }
  }

  @Test(arguments: ["", "-x", "../up", "a/b", "a b", ".hidden", "a\nb"])
  func nameThatIsNoFolderIsRefused(name: String) throws {
    var list = try BoardList(path: path)
    #expect(throws: ExecutionError.self) {
      try list.add(Board(name: name, address: .qemuUser(core: "cortex-a53")))
    }
  }

  @Test(arguments: [
    "[", "{}", #"[{"name": "a", "address": "ssh://-x"}]"#, #"[{"name": "../a", "address": "ssh://x"}]"#,
  ])
  func brokenListIsNamed(text: String) throws {
    let file = try scratch.write(text, to: "boards.json")
    let error = #expect(throws: ExecutionError.self) { try BoardList(path: file) }
    #expect(error?.description.hasPrefix(file) == true)
  }
}

@Suite struct BoardSnapshotTests {
  private func snapshot(_ text: String) throws -> BoardSnapshot {
    try BoardSnapshot(Array(text.utf8), of: "b")
  }

  private let pi = """
    @/proc/cpuinfo
     processor\t: 0
     Features\t: fp asimd crc32
     CPU part\t: 0xd08
     Revision\t: c03114
     Model\t\t: Raspberry Pi 4 Model B Rev 1.4
    @/proc/device-tree/model
     Raspberry Pi 4 Model B Rev 1.4
    @/proc/device-tree/compatible
     raspberrypi,4-model-b
     brcm,bcm2711
    @/proc/meminfo
     MemTotal:        3884356 kB
    @/proc/sys/kernel/ostype
     Linux
    @/proc/sys/kernel/osrelease
     6.1.21-v8+
    @/sys/devices/system/cpu/online
     0-3
    @/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor
     ondemand
    @/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq
     1500000
    @/sys/class/thermal/thermal_zone0/temp
     48312
    @machine
     aarch64
    @bits
     64
    @throttled
     throttled=0x50005
    @storage
     Filesystem 1024-blocks Used Available Capacity Mounted on
     /dev/mmcblk0p2 100 50 50 50% /
    @sys/block/mmcblk0/device/type
    @/sys/block/mmcblk0/device/type
     SD
    @firmware
     Mar 17 2023 10:50:39
     version 82f9bb929ce2186eb1824178c1ae82902ba7275b (clean) (release) (start)
    @speed
     write 16777216 bytes (17 MB, 16 MiB) copied, 0.8 s, 21.0 MB/s
     read 16777216 bytes (16.0MB) copied, 0.400000 seconds, 40.0MB/s
    @end

    """

  @Test func raspberryPiIsRead() throws {
    let snapshot = try snapshot(pi)
    let environment = snapshot.environment
    #expect(environment.architecture == "aarch64")
    #expect(environment.kernel == "Linux 6.1.21-v8+")
    #expect(environment.logicalCores == 4)
    #expect(environment.memoryBytes == Int64(3_884_356 * 1024))
    #expect(environment.governors == ["ondemand"])
    #expect(environment.before.clockHertz == 1.5e9)
    #expect(environment.before.temperature == 48.312)
    #expect(environment.before.throttled?.now == ["under-voltage", "throttled"])
    let identity = snapshot.identity(name: "b", address: "ssh://b")
    #expect(identity.model == "Raspberry Pi 4 Model B Rev 1.4")
    #expect(identity.soc == "brcm,bcm2711")
    #expect(identity.features == ["fp", "asimd", "crc32"])
    #expect(identity.bits == 64)
    #expect(identity.storage == "/dev/mmcblk0p2")
    #expect(identity.storageKind == "SD card")
    #expect(identity.storageReadBytesPerSecond == 41_943_040)
    #expect(identity.storageWriteBytesPerSecond == 20_971_520)
    #expect(identity.revision == "c03114")
    #expect(identity.firmware == "version 82f9bb929ce2186eb1824178c1ae82902ba7275b (clean) (release) (start)")
    #expect(identity.cores == [.init(type: "Cortex-A72", count: 4)])
    #expect(snapshot.temperatureFile == "/sys/class/thermal/thermal_zone0/temp")
    #expect(snapshot.coreNumbers == [0, 1, 2, 3])
  }

  @Test func answerThatIsCutShortIsRefused() throws {
    #expect(throws: ExecutionError.self) { try snapshot(pi.replacingOccurrences(of: "@end\n", with: "")) }
    #expect(throws: ExecutionError.self) { try snapshot("") }
  }

  @Test func pathsStayInsideTheFolder() throws {
    let hostile = "@/proc/../../escaped\n x\n@/etc/passwd\n x\n@/proc/a b\n x\n" + pi
    let snapshot = try snapshot(hostile)
    let files = FileManager.default.subpaths(atPath: snapshot.folder.path) ?? []
    #expect(files.allSatisfy { $0.hasPrefix("proc") || $0.hasPrefix("sys") })
    #expect(!FileManager.default.fileExists(atPath: "\(TemporaryFolder.standardParent)/escaped"))
  }
}

@Suite struct BoardStorageTests {
  @Test(arguments: [
    ("/dev/mmcblk0p2", "mmcblk0/device/type", "SD", "SD card"),
    ("/dev/mmcblk1", "mmcblk1/device/type", "MMC", "eMMC"),
    ("/dev/nvme0n1p1", "x", "", "NVMe"), ("/dev/sda1", "sda/queue/rotational", "1", "spinning disk"),
    ("/dev/vda", "vda/queue/rotational", "0", "disk"),
  ])
  func kindIsTheKernelsWord(device: String, file: String, text: String, kind: String) throws {
    let scratch = try Scratch()
    _ = try scratch.write(text + "\n", to: "block/\(file)")
    #expect(BoardStorage.kind(of: device, sys: scratch.path) == kind)
  }

  @Test func whatIsNoDiskHasNoKind() throws {
    let scratch = try Scratch()
    #expect(BoardStorage.kind(of: "tmpfs", sys: scratch.path) == nil)
    #expect(BoardStorage.kind(of: "/dev/root", sys: scratch.path) == nil)
  }

  @Test(arguments: [
    "", "read", "read x bytes copied, 1 s", "read 1 copied,", "read 5 bytes copied, 0 s",
    "write 5 b copied, 1 s",
  ])
  func wordsWithoutASpeedGiveNone(text: String) {
    #expect(BoardStorage.bytesPerSecond(text, "read") == nil)
  }
}

@Suite struct RemoteConfinementTests {
  @Test func boardSaysHowItKeepsTheLimit() {
    let confinement = RemoteConfinement(
      ResourceLimits(memory: .mebibytes(64), cores: 2), cores: [0, 1, 2, 3])
    #expect(confinement.memoryWord == "67108864")
    #expect(confinement.coresWord == "2,3")
    #expect(confinement.report.mechanism == "none")
    confinement.settle("magic")
    #expect(confinement.report.mechanism == "none")
    confinement.settle("rlimit")
    confinement.settle("rlimit")
    #expect(confinement.report.mechanism == "rlimit")
    #expect(confinement.report.notEnforced.count == 1, "said once, though it was heard again")
  }

  @Test func noLimitIsAWordToo() {
    let confinement = RemoteConfinement(.none, cores: [0, 1])
    #expect(confinement.memoryWord == BoardScript.nothing)
    #expect(confinement.coresWord == BoardScript.nothing)
  }
}

@Suite struct InstructionCountTests {
  @Test func twoEqualCountsAreOne() {
    #expect(EmulatedBoardRunner.count(in: "6035\n6035\n") == 6035)
  }
  @Test(arguments: ["", "6035\n", "6035\n6036\n", "x\nx\n", "0\n0\n", "5\n5\n5\n"])
  func anythingElseIsNone(text: String) { #expect(EmulatedBoardRunner.count(in: text) == nil) }
}

@Suite struct AgentBundleTests {
  @Test func machineDecidesTheTarget() {
    #expect(AgentBundle.target(machine: "aarch64", bits: 64) == "aarch64-linux-gnu")
    #expect(AgentBundle.target(machine: "aarch64", bits: 32) == "arm-linux-gnueabihf")
    #expect(AgentBundle.target(machine: "armv7l", bits: 32) == "arm-linux-gnueabihf")
    #expect(AgentBundle.target(machine: "x86_64", bits: 64) == "x86_64-linux-gnu")
    #expect(AgentBundle.target(machine: "armv6l", bits: 32) == nil)
    #expect(AgentBundle.target(machine: "riscv64", bits: 64) == nil)
  }

  @Test func fileThatIsNoProgramForTheTargetIsRefused() throws {
    let scratch = try Scratch()
    for file in ["edgebench-agent", "libedgebench-timer.so"] {
      _ = try scratch.write("#!/bin/sh\n", to: "aarch64-linux-gnu/\(file)")
    }
    let error = #expect(throws: ExecutionError.self) {
      try AgentBundle(target: "aarch64-linux-gnu", in: scratch.path, board: "b")
    }
    #expect(error?.description.contains("make agent TARGET=aarch64-linux-gnu") == true)
  }
}
