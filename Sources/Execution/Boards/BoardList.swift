internal import Foundation
internal import Records

/// A board that the user has added.
public struct Board: Sendable, Equatable {
  public var name: String
  public var address: BoardAddress
  /// An ssh configuration in place of the user's own.
  public var sshConfiguration: String?
  /// The device profile that describes it, by name or file.
  public var profile: String?
  /// Further arguments of ssh, as an inventory gives them. Not kept in the list.
  public var sshArguments: [String]

  public init(
    name: String, address: BoardAddress, sshConfiguration: String? = nil, profile: String? = nil,
    sshArguments: [String] = []
  ) {
    self.name = name
    self.address = address
    self.sshConfiguration = sshConfiguration
    self.profile = profile
    self.sshArguments = sshArguments
  }
}

/// The user's boards: one JSON file.
public struct BoardList: Sendable {
  public let path: String
  public private(set) var boards: [Board]

  private struct Entry: Codable {
    var name: String
    var address: String
    var sshConfiguration: String?
    var profile: String?

    enum CodingKeys: String, CodingKey {
      case name, address, profile
      case sshConfiguration = "ssh_config"
    }
  }

  /// `EDGEBENCH_BOARDS`, else `edgebench/boards.json` in the user's configuration folder.
  public static var standardPath: String {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment["EDGEBENCH_BOARDS"] { return path }
    let folder = environment["XDG_CONFIG_HOME"] ?? NSHomeDirectory() + "/.config"
    return folder + "/edgebench/boards.json"
  }

  /// Reads the list; an absent file is an empty one.
  public init(path: String = standardPath) throws(ExecutionError) {
    self.path = path
    boards = []
    guard FileManager.default.fileExists(atPath: path) else { return }
    let entries: [Entry]
    do {
      entries = try JSONDecoder().decode([Entry].self, from: BoundedFile.read(path, limit: 1 << 20))
    } catch {
      throw ExecutionError(
        .board, "\(path): is not a list of boards. Repair it, or move it away and add the boards again.")
    }
    for entry in entries {
      do throws(ExecutionError) {
        try Self.check(entry.name)
        boards.append(
          Board(
            name: entry.name, address: try BoardAddress(entry.address),
            sshConfiguration: entry.sshConfiguration, profile: entry.profile))
      } catch {
        throw ExecutionError(.board, "\(path): \(error.description)")
      }
    }
  }

  public func board(named name: String) throws(ExecutionError) -> Board {
    if let board = boards.first(where: { $0.name == name }) { return board }
    let known = boards.map { "'\($0.name)'" }.joined(separator: ", ")
    throw ExecutionError(
      .board,
      "Unknown board '\(name)'. \(known.isEmpty ? "Add it with 'edgebench boards add'." : "There are: \(known).")"
    )
  }

  public mutating func add(_ board: Board) throws(ExecutionError) {
    try Self.check(board.name)
    guard !boards.contains(where: { $0.name == board.name }) else {
      throw ExecutionError(
        .board,
        "Board '\(board.name)' is there already. Remove it first: 'edgebench boards remove \(board.name)'.")
    }
    boards.append(board)
    try save()
  }

  public mutating func remove(_ name: String) throws(ExecutionError) {
    boards.removeAll { $0.name == name }
    try save()
  }

  /// The name is a folder of results as well.
  static func check(_ name: String) throws(ExecutionError) {
    guard !name.isEmpty, name.utf8.count <= 48, !name.hasPrefix("-"), !name.hasPrefix("."),
      name.utf8.allSatisfy({ BoardAddress.isPlain($0) })
    else {
      throw ExecutionError(
        .board,
        "Board name '\(name)'; expected 1 to 48 letters, digits, '-', '_' and '.', such as 'kitchen-pi'.")
    }
  }

  private func save() throws(ExecutionError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let entries = boards.map {
      Entry(
        name: $0.name, address: $0.address.text, sshConfiguration: $0.sshConfiguration, profile: $0.profile)
    }
    do {
      try AtomicFile.write(encoder.encode(entries), to: path)
    } catch {
      throw ExecutionError(.file, "\(path): cannot be written (\(error)).")
    }
  }
}
