public import Foundation
internal import Units

/// A host of an inventory, and how Ansible would reach it. From outside, so anything may be in it.
public struct FleetHost: Codable, Sendable, Equatable {
  /// The inventory's name for it.
  public var name: String
  /// `ansible_host`, else the name.
  public var host: String
  public var port: Int?
  public var user: String?
  /// What the inventory and Ansible's configuration give ssh besides.
  public var sshArguments: [String]
  /// The host's `edgebench_` variables, as texts.
  public var variables: [String: String]

  enum CodingKeys: String, CodingKey {
    case name, host, port, user, variables
    case sshArguments = "ssh_arguments"
  }

  public init(
    name: String, host: String, port: Int? = nil, user: String? = nil, sshArguments: [String] = [],
    variables: [String: String] = [:]
  ) {
    self.name = name
    self.host = host
    self.port = port
    self.user = user
    self.sshArguments = sshArguments
    self.variables = variables
  }

  /// Reads what the action plugin wrote.
  public init(json: Data) throws(ExecutionError) {
    do {
      self = try JSONDecoder().decode(FleetHost.self, from: json)
    } catch {
      throw ExecutionError(
        .board, "the fleet's plugin did not say which host; expected one of this edgebench's version.")
    }
  }

  /// The host as a board.
  ///
  /// - Throws: ``ExecutionError`` for a name that cannot be a folder of results, or a part of the address that cannot be one.
  public func board() throws(ExecutionError) -> Board {
    try Self.check(name)
    let shown = host.contains(":") ? "[\(host)]" : host
    let text = "ssh://\(user.map { "\($0)@" } ?? "")\(shown)\(port.map { ":\($0)" } ?? "")"
    return Board(name: name, address: try BoardAddress(text), sshArguments: sshArguments)
  }

  /// The name is a folder of results as well.
  public static func check(_ name: String) throws(ExecutionError) {
    do {
      try BoardList.check(name)
    } catch {
      throw ExecutionError(
        .board,
        "Inventory name '\(printable(name, limit: 80))'; expected 1 to 48 letters, digits, '-', '_' and '.'. Give the host such a name, and its address as ansible_host."
      )
    }
  }
}
