/// The mechanism that this host allows this user.
public struct SandboxChoice: Sendable {
  let sandbox: any Sandbox

  /// Named in records: "cgroup-v2", "cgroup-v1", "rlimit".
  public var mechanism: SandboxMechanism { sandbox.mechanism }

  /// The strictest that works: each is tried by making a cgroup and removing it again.
  public static func best(host: HostCgroups = HostCgroups()) -> SandboxChoice {
    if let sandbox = CgroupV2Sandbox(host) { return SandboxChoice(sandbox: sandbox) }
    if let sandbox = CgroupV1Sandbox(host) { return SandboxChoice(sandbox: sandbox) }
    return rlimit
  }

  /// What every user may: for comparison, and where cgroups are not wanted.
  public static let rlimit = SandboxChoice(sandbox: RlimitSandbox())
}
