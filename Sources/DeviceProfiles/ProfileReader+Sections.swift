internal import Units

extension ProfileReader {
  static let profileKeys = [
    "name", "class", "sources", "soc", "cores", "memory", "storage", "network", "load-power", "requirements",
    "calibration",
    "variants",
  ]

  /// The profile that `root` describes; `nil` where a finding leaves a hole in it.
  func profile(_ root: Located, id: String) -> DeviceProfile? {
    let before = findings.count
    guard let block = block(root, path: "", keys: Self.profileKeys) else { return nil }
    let name: String?
    if let node = root["name"] {
      name = text(node, path: "name")
    } else {
      report(.missingKey, root.line, "name is missing; expected the vendor's name of the board.")
      name = nil
    }
    let deviceClass = root["class"].flatMap { text($0, path: "class") }
    let soc = figure("soc", of: block, read: text)
    let network = figure("network", of: block, read: text)
    let loadPower = figure("load-power", of: block, read: power)
    let clusters = coreClusters(root)
    let memory = root["memory"].map(memory) ?? DeviceProfile.Memory()
    let storage = root["storage"].map(storage) ?? DeviceProfile.Storage()
    let statesDRAM = root["memory"]?["dram"] != nil
    let requirements =
      root["requirements"].map { self.requirements($0, dram: memory.dram?.value, statesDRAM: statesDRAM) }
      ?? DeviceProfile.DefaultRequirements()
    let coefficients = root["calibration"].map(calibration) ?? []
    guard findings.count == before, let name else { return nil }
    var profile = DeviceProfile(
      id: id, name: name, deviceClass: deviceClass, soc: soc, clusters: clusters, memory: memory,
      storage: storage, network: network, loadPower: loadPower, defaultRequirements: requirements,
      coefficients: coefficients, digest: "")
    profile.digest = profile.digestOfFigures()
    return profile
  }

  private func coreClusters(_ root: Located) -> [DeviceProfile.CoreCluster] {
    guard let node = root["cores"] else {
      report(.missingKey, root.line, "cores is missing; expected a list of core clusters, the fastest first.")
      return []
    }
    guard let items = items(node, path: "cores") else { return [] }
    guard (1...8).contains(items.count) else {
      report(.outOfRange, node.line, "cores has \(items.count) clusters; expected 1 to 8.")
      return []
    }
    return items.enumerated().compactMap { coreCluster($1, path: "cores[\($0)]") }
  }

  private func coreCluster(_ node: Located, path: String) -> DeviceProfile.CoreCluster? {
    let keys = [
      "source", "type", "count", "isa", "features", "clock", "min-clock", "l1-data", "l2", "l2-scope", "l3",
      "f32-per-cycle", "f16-per-cycle", "int8-per-cycle",
    ]
    guard let block = block(node, path: path, keys: keys) else { return nil }
    for key in ["type", "count", "isa", "features"] where node[key] == nil {
      report(.missingKey, node.line, "\(path).\(key) is missing.")
    }
    let core = figure("type", of: block, read: text)
    let count = figure("count", of: block) { self.integer($0, path: $1, in: 1...256) }
    let isa = figure("isa", of: block, read: text)
    let features = figure("features", of: block, read: featureList)
    let maxClock = figure("clock", of: block, read: clock)
    let minClock = figure("min-clock", of: block, read: clock)
    let l1Data = figure("l1-data", of: block, read: cacheSize)
    let l2 = figure("l2", of: block, read: cacheSize)
    let l2Scope = figure("l2-scope", of: block) { self.word($0, path: $1, of: ["core", "cluster"]) }
    let l3 = figure("l3", of: block, read: cacheSize)
    let f32 = figure("f32-per-cycle", of: block, read: perCycle)
    let f16 = figure("f16-per-cycle", of: block, read: perCycle)
    let int8 = figure("int8-per-cycle", of: block, read: perCycle)
    guard let core, let count, let isa, let features else { return nil }
    return DeviceProfile.CoreCluster(
      core: core, count: count, isa: isa, features: features, maxClock: maxClock, minClock: minClock,
      l1Data: l1Data, l2: l2, l2Scope: l2Scope, l3: l3, f32PerCycle: f32, f16PerCycle: f16, int8PerCycle: int8
    )
  }

  private func featureList(_ node: Located, path: String) -> [String]? {
    guard let items = items(node, path: path) else { return nil }
    guard items.count <= 64 else {
      report(.outOfRange, node.line, "\(path) has \(items.count) items; expected at most 64.")
      return nil
    }
    let names = items.compactMap { text($0, path: path) }
    return names.count == items.count ? names : nil
  }

  private func memory(_ node: Located) -> DeviceProfile.Memory {
    let keys = ["source", "dram", "usable", "copy-bandwidth", "read-bandwidth"]
    guard let block = block(node, path: "memory", keys: keys) else { return DeviceProfile.Memory() }
    let memory = DeviceProfile.Memory(
      dram: figure("dram", of: block, read: memorySize),
      usable: figure("usable", of: block, read: memorySize),
      copyBandwidth: figure("copy-bandwidth", of: block, read: bandwidth),
      readBandwidth: figure("read-bandwidth", of: block, read: bandwidth))
    if let usable = memory.usable?.value, let dram = memory.dram?.value, usable > dram {
      report(
        .outOfRange, node["usable"]?.line ?? node.line,
        "memory.usable is '\(usable)'; expected at most memory.dram, '\(dram)'.")
    }
    return memory
  }

  private func storage(_ node: Located) -> DeviceProfile.Storage {
    let keys = ["source", "kind", "size", "read-bandwidth", "write-bandwidth"]
    guard let block = block(node, path: "storage", keys: keys) else { return DeviceProfile.Storage() }
    return DeviceProfile.Storage(
      kind: figure("kind", of: block, read: text),
      size: figure("size", of: block, read: memorySize),
      readBandwidth: figure("read-bandwidth", of: block, read: bandwidth),
      writeBandwidth: figure("write-bandwidth", of: block, read: bandwidth))
  }

  private func calibration(_ node: Located) -> [DeviceProfile.Coefficient] {
    guard let items = items(node, path: "calibration") else { return [] }
    guard items.count <= 1000 else {
      report(.outOfRange, node.line, "calibration has \(items.count) entries; expected at most 1000.")
      return []
    }
    return items.enumerated().compactMap { index, item in coefficient(item, path: "calibration[\(index)]") }
  }

  private func coefficient(_ node: Located, path: String) -> DeviceProfile.Coefficient? {
    let words = ["engine", "precision", "kernel-class"]
    guard let block = block(node, path: path, keys: words + ["threads", "efficiency", "source"]) else {
      return nil
    }
    for key in words + ["threads", "efficiency"] where node[key] == nil {
      report(.missingKey, node.line, "\(path).\(key) is missing.")
    }
    let texts = words.map { key in node[key].flatMap { text($0, path: "\(path).\(key)") } }
    let threads = node["threads"].flatMap { integer($0, path: "\(path).threads", in: 1...256) }
    let efficiency = figure("efficiency", of: block) { self.number($0, path: $1, in: 0.0001...16) }
    guard let engine = texts[0], let precision = texts[1], let kernelClass = texts[2], let threads,
      let efficiency
    else { return nil }
    return DeviceProfile.Coefficient(
      engine: engine, precision: precision, kernelClass: kernelClass, threads: threads, efficiency: efficiency
    )
  }
}
