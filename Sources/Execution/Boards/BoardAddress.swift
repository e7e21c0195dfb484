internal import Foundation

/// Where a board is: `ssh://user@host[:port]`, or `qemu-user:cortex-a72` for an emulated processor on this machine.
public enum BoardAddress: Sendable, Equatable {
  case ssh(SSHAddress)
  /// A core that qemu-user knows: "cortex-a72".
  case qemuUser(core: String)

  /// - Throws: ``ExecutionError`` of kind `board`, which shows `text` and what was expected.
  public init(_ text: String) throws(ExecutionError) {
    if let core = Self.rest(of: text, after: "qemu-user:") {
      guard !core.isEmpty, core.utf8.allSatisfy({ Self.isPlain($0) }), !core.hasPrefix("-") else {
        throw Self.refusal(text)
      }
      self = .qemuUser(core: core)
    } else if let rest = Self.rest(of: text, after: "ssh://"), let address = SSHAddress(rest) {
      self = .ssh(address)
    } else {
      throw Self.refusal(text)
    }
  }

  public var text: String {
    switch self {
    case .ssh(let address): "ssh://\(address.text)"
    case .qemuUser(let core): "qemu-user:\(core)"
    }
  }

  private static func rest(of text: String, after prefix: String) -> String? {
    text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
  }

  private static func refusal(_ text: String) -> ExecutionError {
    ExecutionError(
      .board,
      "Board address '\(text)'; expected 'ssh://user@host', 'ssh://host:2222' or 'qemu-user:cortex-a72'.")
  }

  /// Letters, digits, and what names of hosts, users and cores have besides.
  static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

/// `[user@]host[:port]`; a host in brackets is an IPv6 address. The host may be an alias in the user's ssh configuration.
public struct SSHAddress: Sendable, Equatable {
  public var user: String?
  public var host: String
  public var port: Int?

  /// `nil` where a part is empty, starts with '-' (ssh would take it for an option) or holds what such names do not.
  init?(_ text: String) {
    var rest = Substring(text)
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    if let at = rest.lastIndex(of: "@") {
      user = String(rest[..<at])
      rest = rest[rest.index(after: at)...]
      guard let user, Self.isName(user) else { return nil }
    }
    var portText: Substring?
    if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
      host = String(rest[rest.index(after: rest.startIndex)..<end])
      guard !host.isEmpty, host.utf8.allSatisfy({ BoardAddress.isPlain($0) || $0 == UInt8(ascii: ":") })
      else { return nil }
      let after = rest[rest.index(after: end)...]
      guard after.isEmpty || after.hasPrefix(":") else { return nil }
      portText = after.isEmpty ? nil : after.dropFirst()
    } else {
      let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count <= 2 else { return nil }
      host = String(parts[0])
      portText = parts.count == 2 ? parts[1] : nil
      guard Self.isName(host) else { return nil }
    }
    if let portText {
      guard let number = Int(portText), (1...65535).contains(number) else { return nil }
      port = number
    }
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && !text.hasPrefix("-") && text.utf8.count <= 255
      && text.utf8.allSatisfy { BoardAddress.isPlain($0) }
  }

  public var text: String {
    let shown = host.contains(":") ? "[\(host)]" : host
    return (user.map { "\($0)@" } ?? "") + shown + (port.map { ":\($0)" } ?? "")
  }

  /// What a user types to reach it by hand.
  var command: String {
    "ssh \(port.map { "-p \($0) " } ?? "")\(user.map { "\($0)@" } ?? "")\(host)"
  }
}
