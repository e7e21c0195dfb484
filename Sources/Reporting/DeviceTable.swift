public import Sizing

/// One model on every device: which hold it as it is, which need what.
public enum DeviceTable {
  /// One row a device, the smallest first.
  public static func table(_ options: [DeviceOption], requirements: Requirements) -> Table {
    var table = Table([
      .init("device"), .init("verdict"), .init("configuration"), .init("binds"),
      .init("evidence", dispensability: 1),
    ])
    for option in options.sorted(by: DeviceOption.isSmaller) {
      let verdict = option.decision(for: requirements).verdict
      let configuration: String? =
        switch verdict.kind {
        case .notRequired(let chosen), .required(let chosen): chosen.title
        case .insufficient, .inconclusive: nil
        }
      table.append([
        .init(option.profile.id), .init(verdict.statement, tone: verdict.tone), .init(configuration),
        .init(verdict.binding?.text ?? verdict.reasons.first), .init(verdict.evidence?.rawValue),
      ])
    }
    return table
  }
}
