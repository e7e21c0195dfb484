/// The work of models by name, as a table of CSV: what published rows are calibrated with, without the models themselves.
public struct WorkTable: Sendable {
  public var models: [String: Work] = [:]

  public init() {}

  /// Columns: model, class of work or kind of traffic, bucket (channels, or the power of two of elements), amount.
  public init(_ text: String, path: String) throws(TableError) {
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      if index == 0 || line.isEmpty { continue }
      guard let fields = CSVLine.fields(line), fields.count == 4, let bucket = Int(fields[2]),
        (0...1 << 24).contains(bucket), let amount = Double(fields[3]), amount.isFinite, amount >= 0
      else {
        throw TableError(
          path: path, line: index + 1, found: "'\(line.prefix(60))'", expected: "model,class,bucket,amount")
      }
      if let traffic = Work.Traffic(rawValue: fields[1]), bucket < Work.buckets {
        models[fields[0], default: Work()].add(traffic, amount, bucket: bucket)
      } else if let workClass = WorkClass(rawValue: fields[1]) {
        models[fields[0], default: Work()].add(workClass, amount, width: bucket)
      } else {
        throw TableError(
          path: path, line: index + 1, found: "class '\(fields[1].prefix(40))'", expected: "a class of work")
      }
    }
  }

  public var csv: String {
    var lines = ["model,class,bucket,amount"]
    for (model, work) in models.sorted(by: { $0.key < $1.key }) {
      for workClass in WorkClass.allCases {
        for (width, amount) in work.amounts[workClass.index].sorted(by: { $0.key < $1.key }) where amount > 0
        {
          lines.append(CSVLine.text([model, workClass.rawValue, "\(width)", "\(amount)"]))
        }
      }
      for kind in Work.Traffic.allCases {
        for (bucket, elements) in work.traffic[kind.index].enumerated() where elements > 0 {
          lines.append(CSVLine.text([model, kind.rawValue, "\(bucket)", "\(elements)"]))
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
