internal import Digests
internal import Units

extension DeviceProfile {
  /// The profile as YAML that depends on nothing but its figures: fixed order, every source written out, no comment.
  ///
  /// Reads back as the same profile; files that differ only in layout or in names of sources have the same form.
  public func canonicalForm() -> String {
    var lines = ["name: \(Self.quoted(name))"]
    if let deviceClass { lines.append("class: \(Self.quoted(deviceClass))") }
    Self.add("soc", soc, Self.quoted, indent: "", to: &lines)
    Self.add("network", network, Self.quoted, indent: "", to: &lines)
    Self.add("load-power", loadPower, \.exactText, indent: "", to: &lines)
    lines.append("cores:")
    for cluster in clusters { lines += Self.lines(of: cluster) }
    Self.addBlock("memory", memoryLines, to: &lines)
    Self.addBlock("storage", storageLines, to: &lines)
    Self.addBlock("requirements", requirementLines, to: &lines)
    if !coefficients.isEmpty { lines.append("calibration:") }
    for coefficient in coefficients { lines += Self.lines(of: coefficient) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// SHA-256 of ``canonicalForm()``, in hexadecimal.
  func digestOfFigures() -> String { SHA256.hexadecimal(of: canonicalForm()) }

  private static func lines(of cluster: CoreCluster) -> [String] {
    var lines = [String]()
    let indent = "    "
    add("type", cluster.core, quoted, indent: "  - ", to: &lines)
    add("count", cluster.count, { "\($0)" }, indent: indent, to: &lines)
    add("isa", cluster.isa, quoted, indent: indent, to: &lines)
    add(
      "features", cluster.features, { "[" + $0.map(quoted).joined(separator: ", ") + "]" }, indent: indent,
      to: &lines)
    add("clock", cluster.maxClock, \.exactText, indent: indent, to: &lines)
    add("min-clock", cluster.minClock, \.exactText, indent: indent, to: &lines)
    add("l1-data", cluster.l1Data, \.exactText, indent: indent, to: &lines)
    add("l2", cluster.l2, \.exactText, indent: indent, to: &lines)
    add("l2-scope", cluster.l2Scope, quoted, indent: indent, to: &lines)
    add("l3", cluster.l3, \.exactText, indent: indent, to: &lines)
    add("f32-per-cycle", cluster.f32PerCycle, { "\($0)" }, indent: indent, to: &lines)
    add("f16-per-cycle", cluster.f16PerCycle, { "\($0)" }, indent: indent, to: &lines)
    add("int8-per-cycle", cluster.int8PerCycle, { "\($0)" }, indent: indent, to: &lines)
    return lines
  }

  private static func lines(of coefficient: Coefficient) -> [String] {
    var lines = [
      "  - engine: \(quoted(coefficient.engine))", "    precision: \(quoted(coefficient.precision))",
      "    kernel-class: \(quoted(coefficient.kernelClass))", "    threads: \(coefficient.threads)",
    ]
    add("efficiency", coefficient.efficiency, { "\($0)" }, indent: "    ", to: &lines)
    return lines
  }

  private var memoryLines: [String] {
    var lines = [String]()
    Self.add("dram", memory.dram, \.exactText, to: &lines)
    Self.add("usable", memory.usable, \.exactText, to: &lines)
    Self.add("copy-bandwidth", memory.copyBandwidth, \.exactText, to: &lines)
    Self.add("read-bandwidth", memory.readBandwidth, \.exactText, to: &lines)
    return lines
  }

  private var storageLines: [String] {
    var lines = [String]()
    Self.add("kind", storage.kind, Self.quoted, to: &lines)
    Self.add("size", storage.size, \.exactText, to: &lines)
    Self.add("read-bandwidth", storage.readBandwidth, \.exactText, to: &lines)
    Self.add("write-bandwidth", storage.writeBandwidth, \.exactText, to: &lines)
    return lines
  }

  private var requirementLines: [String] {
    var lines = [String]()
    if let latency = defaultRequirements.latency { lines.append("  latency: \(Self.quoted(latency))") }
    if let memory = defaultRequirements.memory { lines.append("  memory: \(memory.exactText)") }
    if let disk = defaultRequirements.disk { lines.append("  disk: \(disk.exactText)") }
    if let drop = defaultRequirements.maxAccuracyDrop {
      lines.append("  max-accuracy-drop: \(drop.exactText)")
    }
    if let source = defaultRequirements.source { lines.append("  source: \(Self.quoted(source))") }
    return lines
  }

  private static func addBlock(_ name: String, _ block: [String], to lines: inout [String]) {
    if !block.isEmpty { lines += ["\(name):"] + block }
  }

  private static func add<Value>(
    _ key: String, _ figure: Sourced<Value>?, _ show: (Value) -> String, indent: String = "  ",
    to lines: inout [String]
  ) {
    guard let figure else { return }
    let note = figure.note.map { ", note: \(quoted($0))" } ?? ""
    lines.append("\(indent)\(key): { value: \(show(figure.value)), source: \(quoted(figure.source))\(note) }")
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for character in text.unicodeScalars {
      if character == "\"" || character == "\\" { result.append("\\") }
      result.unicodeScalars.append(character)
    }
    return result + "\""
  }
}
