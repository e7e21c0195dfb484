import ArgumentParser
import DeviceProfiles
import Reporting

extension Profiles {
  /// `edgebench profiles list`: a line a device.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the device profiles.",
      discussion: "A figure that no source tells is '-'. 'host' is this machine.")

    @OptionGroup var profiles: ProfileFolderOptions

    func run() throws {
      let library = profiles.library
      let names = library.allNames
      guard !names.isEmpty else {
        throw CommandFailure.badInput(
          "\(library.directory): holds no profile; expected YAML files. Name their folder with --profiles.")
      }
      var table = Table([
        .init("profile"), .init("name"), .init("cores"), .init("clock", .trailing),
        .init("memory", .trailing),
      ])
      for name in names {
        do throws(ProfileError) {
          table.append(Self.cells(try library.load(name)))
        } catch {
          Terminal.warning("\(error) '\(name)' is left out.")
        }
      }
      table.append(Self.cells(.host()))
      try Terminal.output(table)
    }

    private static func cells(_ profile: DeviceProfile) -> [Table.Cell] {
      let clusters = profile.clusters
      let clocks = clusters.map { $0.maxClock?.value.description ?? Table.missing }
      return [
        .init(profile.id), .init(profile.name),
        .init(clusters.map { "\($0.count.value)x \($0.core.value)" }.joined(separator: " + ")),
        .init(clocks.joined(separator: " + ")),
        .init(profile.memory.dram?.value.description),
      ]
    }
  }
}
