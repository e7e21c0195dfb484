/// Where a figure of a device is from, the least trustworthy first.
public enum Evidence: String, Codable, Sendable, CaseIterable, Comparable {
  /// Run under an emulator of the board: whether it runs, never how fast.
  case emulated
  /// Computed from the model's operators and the profile's coefficients, with an error band.
  case projected
  /// Run on this machine under the profile's limits: memory and disk as on the board, time not.
  case measuredInSandbox = "measured in sandbox"
  /// Run on the device that the profile describes.
  case measuredOnBoard = "measured on board"
  /// Nothing to measure: the reference loses no accuracy against itself. Never of a record's measurements.
  case byDefinition = "by definition"

  private var rank: Int {
    switch self {
    case .emulated: 0
    case .projected: 1
    case .measuredInSandbox: 2
    case .measuredOnBoard: 3
    case .byDefinition: 4
    }
  }

  public static func < (a: Evidence, b: Evidence) -> Bool { a.rank < b.rank }

  /// A conclusion drawn from several figures claims no more than the weakest of them.
  public static func weakest(_ list: some Sequence<Evidence>) -> Evidence? { list.min() }
}
