internal import Foundation

/// What the collection's callback says of a playbook: one JSON object a line.
public enum FleetEvent: Sendable, Equatable {
  /// Ansible has begun with a host.
  case started(host: String)
  /// What the worker said of a host: one JSON object.
  case worked(host: String, said: String)
  /// Ansible could not do a task on a host.
  case failed(host: String, reason: String)
  /// The playbook is over: hosts on which nothing failed.
  case ended(unharmed: [String])
  case noHosts

  /// - Returns: `nil` for a line that is no event: Ansible, or a plugin of the user's, may say more.
  init?(parsing line: [UInt8]) {
    guard line.first == UInt8(ascii: "{"),
      let members = try? JSONDecoder().decode(Members.self, from: Data(line))
    else { return nil }
    switch (members.event, members.host) {
    case ("started", let host?): self = .started(host: host)
    case ("worked", let host?):
      guard let said = members.said else { return nil }
      self = .worked(host: host, said: said)
    case ("failed", let host?): self = .failed(host: host, reason: members.reason ?? "")
    case ("ended", _): self = .ended(unharmed: members.hosts ?? [])
    case ("no_hosts", _): self = .noHosts
    default: return nil
    }
  }

  private struct Members: Decodable {
    var event: String
    var host: String?
    var said: String?
    var reason: String?
    var hosts: [String]?
  }
}
