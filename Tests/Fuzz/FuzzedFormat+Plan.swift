import CPlanFormat

extension FuzzedFormat {
  /// `bytes` with the length and the checksum that a plan of these contents has, so that what lies behind both is tried.
  static func resealed(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= MemoryLayout<eb_plan_header>.size else { return bytes }
    let alignment = Int(EB_PLAN_ALIGNMENT)
    var plan = bytes
    plan += [UInt8](repeating: 0, count: (alignment - bytes.count % alignment) % alignment)
    return plan.withUnsafeMutableBytes { buffer in
      var header = buffer.loadUnaligned(as: eb_plan_header.self)
      header.file_bytes = UInt64(buffer.count)
      buffer.storeBytes(of: header, as: eb_plan_header.self)
      header.checksum = eb_plan_checksum(buffer.baseAddress, buffer.count)
      buffer.storeBytes(of: header, as: eb_plan_header.self)
      return [UInt8](buffer)
    }
  }
}
