internal import Foundation

/// The profiles of a folder, one file each: `rpi4.yaml` holds the profile `rpi4` and its variants `rpi4-2gb`, ...
public struct ProfileLibrary: Sendable {
  public let directory: String

  public init(directory: String) { self.directory = directory }

  /// The names of the files, sorted, without their variants.
  public var names: [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return files.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.map { String($0.dropLast(5)) }
      .sorted()
  }

  /// Every name that ``load(_:)`` takes, sorted: the profiles and their variants. Broken files keep their own name.
  public var allNames: [String] {
    names.flatMap { name in
      let document = try? ProfileDocument(path: path(of: name))
      return [name] + (document?.variantNames ?? []).map { "\(name)-\($0)" }
    }.sorted()
  }

  /// Every profile and variant that loads, sorted by name.
  public func loadAll() -> [DeviceProfile] { allNames.compactMap { try? load($0) } }

  /// The profile or variant of that name.
  ///
  /// - Throws: ``ProfileError``: ``ProfileError/Kind/unknownProfile`` with the nearest name, or the first finding
  ///   in the file.
  public func load(_ id: String) throws(ProfileError) -> DeviceProfile {
    let names = names
    if names.contains(id) { return try Self.load(file: path(of: id), variant: nil) }
    for name in names where id.hasPrefix(name + "-") {
      let variant = String(id.dropFirst(name.count + 1))
      guard let document = try? ProfileDocument(path: path(of: name)), document.variantNames.contains(variant)
      else { continue }
      return try Self.load(file: path(of: name), variant: variant)
    }
    throw ProfileError.unknownProfile(id, known: allNames, directory: directory)
  }

  /// The profile in a file of its own, anywhere.
  public static func load(file: String) throws(ProfileError) -> DeviceProfile {
    try load(file: file, variant: nil)
  }

  /// Everything that is wrong with a file and its variants, in the file's order; empty where it is sound.
  public static func check(file: String) -> [ProfileError] {
    do {
      return read(try ProfileDocument(path: file), file: file).findings
    } catch {
      return [error]
    }
  }

  /// As ``check(file:)``, of a text that is not in a file yet; `file` is its name in the findings.
  public static func check(text: String, file: String) -> [ProfileError] {
    do {
      return read(try ProfileDocument(text: text, file: file), file: file).findings
    } catch {
      return [error]
    }
  }

  private func path(of name: String) -> String { "\(directory)/\(name).yaml" }

  private static func load(file: String, variant: String?) throws(ProfileError) -> DeviceProfile {
    let (profiles, findings) = read(try ProfileDocument(path: file), file: file)
    if let first = findings.first { throw first }
    guard let profile = profiles[variant ?? ""] else {
      throw ProfileError(.missingKey, file: file, message: "has no variant '\(variant ?? "")'.")
    }
    return profile
  }

  /// Reads the profile (under the name "") and its variants.
  private static func read(
    _ document: ProfileDocument, file: String
  ) -> (profiles: [String: DeviceProfile], findings: [ProfileError]) {
    let reader = ProfileReader(file: file)
    let id = String(file.split(separator: "/").last?.prefix { $0 != "." } ?? "")
    reader.readSources(document.root["sources"])
    var profiles = [String: DeviceProfile]()
    profiles[""] = reader.profile(document.root, id: id)
    if let variants = document.root["variants"], let entries = reader.entries(variants, path: "variants") {
      if entries.count > 64 {
        reader.report(
          .outOfRange, variants.line, "variants has \(entries.count) entries; expected at most 64.")
      }
      for entry in entries.prefix(64) {
        profiles[entry.key] = reader.variant(entry, of: document.root, id: id)
      }
    }
    reader.reportUnusedSources()
    return (profiles, reader.findings.sorted { ($0.line ?? 0) < ($1.line ?? 0) })
  }
}

extension ProfileDocument {
  var variantNames: [String] {
    guard case .map(let entries)? = root["variants"]?.value else { return [] }
    return entries.map(\.key)
  }
}

extension ProfileReader {
  /// `root` with the entries of a variant over it; a list (the cores) is replaced as a whole.
  func variant(_ entry: ProfileDocument.Entry, of root: Located, id: String) -> DeviceProfile? {
    let path = "variants.\(name(entry.key))"
    let isName =
      !entry.key.isEmpty && entry.key.utf8.count <= 40
      && entry.key.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "-")
      }
    guard isName else {
      report(.outOfRange, entry.keyLine, "\(path) is not a name; expected letters, digits and '-'.")
      return nil
    }
    let allowed = Self.profileKeys.filter { $0 != "variants" && $0 != "sources" }
    guard block(entry.content, path: path, keys: allowed) != nil else { return nil }
    return profile(root.removing("variants").merging(entry.content), id: "\(id)-\(entry.key)")
  }
}
