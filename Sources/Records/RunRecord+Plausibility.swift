import Statistics
import Units

extension RunRecord {
  /// The first field, if any, whose value has the right type but no meaning: a negative size, a share above one.
  ///
  /// Everything after reading relies on this, so that no arithmetic on a record can trap.
  var implausibility: String? {
    texts ?? counts ?? measured ?? shares
  }

  /// No nanosecond or byte count in a record exceeds this: 292 years, or 8 EiB, over a thousand.
  private static let largest: Int64 = .max / 1000
  private static let textLimit = 4096

  private var texts: String? {
    let texts = [
      ("command", command), ("tool", tool), ("model.name", model.name), ("model.file", model.file ?? ""),
      ("model.sha256", model.sha256), ("model.format", model.format), ("profile.id", profile.id),
      ("profile.digest", profile.digest), ("variant", configuration.variant),
      ("engine", configuration.engine), ("precision", configuration.precision), ("inputs", inputs ?? ""),
      ("measurement.beside.command", measurement.companion?.command ?? ""),
    ]
    for (variant, reason) in inapplicableVariants ?? [:]
    where variant.utf8.count > Self.textLimit || reason.utf8.count > Self.textLimit {
      return
        "inapplicable_variants has a text of more than \(Self.textLimit) bytes; expected a name and a reason"
    }
    for variant in plannedVariants ?? [] where variant.utf8.count > Self.textLimit {
      return "planned_variants has a text of more than \(Self.textLimit) bytes; expected a name"
    }
    for (field, text) in texts where text.utf8.count > Self.textLimit {
      return "\(field) has \(text.utf8.count) bytes; expected at most \(Self.textLimit)"
    }
    for (field, text) in [("model.name", model.name), ("variant", configuration.variant)] where text.isEmpty {
      return "\(field) is empty; expected a name"
    }
    if evidence == .byDefinition {
      return "evidence is '\(evidence.rawValue)'; expected how the figures were measured"
    }
    return nil
  }

  private var counts: String? {
    for (field, count) in [("threads", configuration.threads), ("measurement.threads", measurement.threads)]
    where !(1...4096).contains(count) {
      return "\(field) is \(count); expected 1 to 4096"
    }
    let numbers: [(String, Int64?)] = [
      ("measurement.load_ns", measurement.loadNanoseconds),
      ("measurement.first_inference_ns", measurement.firstInferenceNanoseconds),
      ("measurement.load_peak_memory_bytes", measurement.loadPeakMemoryBytes),
      ("measurement.peak_memory_bytes", measurement.peakMemoryBytes),
      ("measurement.steady_memory_bytes", measurement.steadyMemoryBytes),
      ("measurement.arena_bytes", measurement.arenaBytes),
      ("measurement.plan_bytes", measurement.planBytes),
      ("measurement.timer_overhead_ns", measurement.timerOverheadNanoseconds),
      ("measurement.sandbox.charged_peak_bytes", measurement.sandbox.chargedPeakBytes),
      ("measurement.major_faults", measurement.majorFaults),
      ("measurement.sandbox.memory_limit_bytes", measurement.sandbox.memoryLimitBytes),
      ("measurement.sandbox.disk_limit_bytes", measurement.sandbox.diskLimitBytes),
      ("disk.model_bytes", disk?.modelBytes), ("disk.runtime_bytes", disk?.runtimeBytes),
      ("macs", macs), ("parameters", parameters),
      ("measurement.clock.before_hz", measurement.clock?.beforeHertz),
      ("measurement.clock.lowest_hz", measurement.clock?.lowestHertz),
      ("measurement.clock.highest_hz", measurement.clock?.highestHertz),
      ("measurement.contention.sampling_ns", measurement.contention?.samplingNanoseconds),
      ("measurement.contention.waited_ns", measurement.contention?.waitedNanoseconds),
      ("measurement.instructions", measurement.instructions),
    ]
    for case (let field, let number?) in numbers where !(0...Self.largest).contains(number) {
      return "\(field) is \(number); expected 0 to \(Self.largest)"
    }
    return nil
  }

  private var measured: String? {
    for (index, sample) in measurement.samplesNanoseconds.enumerated()
    where !(0...Self.largest).contains(sample) {
      return "measurement.samples_ns[\(index)] is \(sample); expected 0 to \(Self.largest)"
    }
    for (index, window) in (measurement.sustained?.windows ?? []).enumerated() {
      let times = [
        window.startNanoseconds, window.endNanoseconds, window.medianNanoseconds, window.p90Nanoseconds,
        window.maximumNanoseconds, window.clockHertz ?? 0,
      ]
      guard times.allSatisfy({ (0...Self.largest).contains($0) }), window.count > 0,
        abs(window.temperature ?? 0) < 1e4, window.startNanoseconds <= window.endNanoseconds
      else {
        return "measurement.sustained.windows[\(index)] has a senseless number; expected counts and times"
      }
    }
    let numbers: [(String, Int64?)] =
      switch measurement.outcome {
      case .outOfMemory(let limit, let peak, _): [("limit_bytes", limit), ("peak_bytes", peak)]
      case .outOfDisk(let limit, let needed): [("limit_bytes", limit), ("needed_bytes", needed)]
      case .timedOut(let nanoseconds, _): [("after_ns", nanoseconds)]
      case .completed, .failed: []
      }
    for case (let field, let number?) in numbers where !(0...Self.largest).contains(number) {
      return "measurement.outcome: \(field) is \(number); expected 0 to \(Self.largest)"
    }
    return nil
  }

  private var shares: String? {
    if let band = projection?.latency {
      guard band.median > 0, band.band90.lower >= 0, band.band90.upper < 1e18 else {
        return "projection.latency_ns is \(band.median); expected nanoseconds above 0"
      }
      guard band.band90.contains(band.median) else {
        return "projection.latency_ns.median is \(band.median); expected it inside its band"
      }
    }
    if let accuracy {
      for (field, share) in [("value", accuracy.value), ("reference", accuracy.reference)]
      where !(0...1).contains(share) {
        return "accuracy.\(field) is \(share); expected 0 to 1"
      }
      if let drop = accuracy.drop, drop.lower < -1 || drop.upper > 1 {
        return "accuracy.drop is [\(drop.lower), \(drop.upper)]; expected -1 to 1"
      }
      if let worst = accuracy.worstClass,
        !(0...1).contains(worst.value) || !(0...1).contains(worst.reference) || worst.inputCount < 0
      {
        return "accuracy.worst_class has shares \(worst.value) and \(worst.reference); expected 0 to 1"
      }
    }
    if let fidelity {
      guard fidelity.inputCount >= 0, (0...fidelity.inputCount).contains(fidelity.agreeingInputs ?? 0) else {
        return "fidelity.agreeing_inputs is \(fidelity.agreeingInputs ?? 0); expected 0 to input_count"
      }
    }
    return nil
  }
}
