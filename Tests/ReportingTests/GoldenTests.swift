import Foundation
import RecordFixtures
import Records
import Reporting
import Sizing
import Testing

/// Whole texts: a change of any of them is meant, or a mistake.
@Suite struct GoldenTests {
  @Test func blocksAndVerdictOnTheTerminal() throws {
    #expect(
      try SampleReport.make().terminalText(usesColour: false) == """
        mobilenet_v2 on rpi4: reference, 4 threads  VALID  (300 samples, seed 7)
          p90 latency  412 ms [206, 618]     limit 150 ms  exceeded  projected (median)
          peak memory  61 MiB                limit 64 MiB  met       measured in sandbox
          disk         4 MiB                                         measured in sandbox
          accuracy     reference
          in sandbox   3.21 ms [3.21, 3.21]                          p90 on this machine, not on the device
        mobilenet_v2 on rpi4: f16-weights, 4 threads  out of memory  (0 samples, seed 7)
          p90 latency  400 ms [200, 600]                       limit 150 ms  exceeded  projected (median)
          peak memory  killed at 63 MiB of 64 MiB during load  limit 64 MiB  exceeded  measured in sandbox
        mobilenet_v2 on rpi4: int8-static, 4 threads  VALID  (300 samples, seed 7)
          p90 latency  60.0 ms [30.0, 90.0]  limit 150 ms  met  projected (median)
          peak memory  21 MiB                limit 64 MiB  met  measured in sandbox
          disk         3.50 MiB                                 measured in sandbox
          accuracy     cosine 0.9991
          in sandbox   1.07 ms [1.07, 1.07]                     p90 on this machine, not on the device
        mobilenet_v2 on rpi4: compression required: int8-static (projected)
          reference, 4 threads: p90 latency 412 ms [206, 618] exceeds 150 ms.
          int8-static, 4 threads meets every requirement; p90 latency has the least to spare, 40 % of its limit.
          The accuracy of int8-static is unknown: its outputs and the reference's have cosine 0.9991 on 100 inputs; measure it on your data before you use it.
          f16-weights, 4 threads: p90 latency 400 ms [200, 600] exceeds 150 ms; peak memory: killed at 63 MiB of 64 MiB during load, limit 64 MiB.
          Pareto set (latency, memory, disk, accuracy): reference, 4 threads; int8-static, 4 threads.

        """)
  }

  @Test func sizingTableOnTheTerminal() throws {
    let report = try SampleReport.make()
    #expect(
      SizingReport.terminalTable([report, report], usesColour: false, width: 120) == """
        configuration               projected median  peak memory  gain   requirements                        run
        ──────────────────────  ────────────────────  ───────────  ─────  ──────────────────────────────────  ─────────────
        mobilenet_v2 on rpi4: compression required: int8-static (projected)
        reference, 4 threads       412 ms [206, 618]       61 MiB  -      exceeded: p90 latency               VALID
        f16-weights, 4 threads     400 ms [200, 600]     > 64 MiB  1.03x  exceeded: p90 latency, peak memory  out of memory
        int8-static, 4 threads  60.0 ms [30.0, 90.0]       21 MiB  6.87x  met                                 VALID

        mobilenet_v2 on rpi4: compression required: int8-static (projected)
        reference, 4 threads       412 ms [206, 618]       61 MiB  -      exceeded: p90 latency               VALID
        f16-weights, 4 threads     400 ms [200, 600]     > 64 MiB  1.03x  exceeded: p90 latency, peak memory  out of memory
        int8-static, 4 threads  60.0 ms [30.0, 90.0]       21 MiB  6.87x  met                                 VALID
        Not shown for want of width: p90 in sandbox, accuracy, disk.

        """)
  }

  @Test func markdownTables() throws {
    #expect(
      SizingReport.markdown([try SampleReport.make()], title: "Sizing for rpi4") == """
        # Sizing for rpi4

        A figure in brackets is an interval: 99 % of a measured percentile, the band of a projection. A projection is of the median; its band is meant to hold 90 % and held 84 % of 45 published medians. Times in the sandbox are this machine's and say nothing of the device's.

        Required: p90 latency &lt;= 150 ms, peak memory &lt;= 64 MiB.

        | model         | configuration          |       projected median |         p90 in sandbox | peak memory |     disk |      accuracy | gain  | requirements                       | run           |
        | :------------ | :--------------------- | ---------------------: | ---------------------: | ----------: | -------: | ------------: | :---- | :--------------------------------- | :------------ |
        | mobilenet\\_v2 | reference, 4 threads   |    412 ms \\[206, 618\\] | 3.21 ms \\[3.21, 3.21\\] |      61 MiB |    4 MiB |     reference | -     | exceeded: p90 latency              | VALID         |
        | mobilenet\\_v2 | f16-weights, 4 threads |    400 ms \\[200, 600\\] |                      - | &gt; 64 MiB |        - |             - | 1.03x | exceeded: p90 latency, peak memory | out of memory |
        | mobilenet\\_v2 | int8-static, 4 threads | 60.0 ms \\[30.0, 90.0\\] | 1.07 ms \\[1.07, 1.07\\] |      21 MiB | 3.50 MiB | cosine 0.9991 | 6.87x | met                                | VALID         |

        **mobilenet\\_v2 on rpi4**: compression required: int8-static (projected)

        - reference, 4 threads: p90 latency 412 ms \\[206, 618\\] exceeds 150 ms.
        - int8-static, 4 threads meets every requirement; p90 latency has the least to spare, 40 % of its limit.
        - The accuracy of int8-static is unknown: its outputs and the reference's have cosine 0.9991 on 100 inputs; measure it on your data before you use it.
        - f16-weights, 4 threads: p90 latency 400 ms \\[200, 600\\] exceeds 150 ms; peak memory: killed at 63 MiB of 64 MiB during load, limit 64 MiB.
        - Pareto set (latency, memory, disk, accuracy): reference, 4 threads; int8-static, 4 threads.


        """)
  }

  @Test func csvOfOneConfiguration() throws {
    let lines = SizingReport.csv([try SampleReport.make()]).components(separatedBy: "\r\n")
    #expect(lines.count == 5 && lines[4].isEmpty)
    #expect(
      lines[0]
        == "model,model_sha256,profile,variant,engine,threads,precision,evidence,validity,samples,measured_median_ns,measured_ci95_lower_ns,measured_ci95_upper_ns,measured_p90_ns,measured_p99_ns,projected_median_ns,projected_band90_lower_ns,projected_band90_upper_ns,peak_memory_bytes,arena_bytes,disk_bytes,load_ns,first_inference_ns,macs,parameters,accuracy,fidelity_cosine,gain,requirements,verdict"
    )
    let digest = String(repeating: "0a", count: 32)
    #expect(
      lines[2]
        == "mobilenet_v2,\(digest),rpi4,f16-weights,builtin,4,f16,\"measured in sandbox\",\"out of memory\",0,-,-,-,-,-,400000000,200000000,600000000,-,7340032,-,12000000,55000000,300774272,3504872,-,-,1.0300,\"exceeded: p90 latency, peak memory\",\"compression required: int8-static\""
    )
  }

  @Test func junitOfAVerdictThatPasses() throws {
    #expect(
      SizingReport.junit([try SampleReport.make()]) == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuite name="edgebench" tests="1" failures="0" errors="0">
          <testcase classname="rpi4" name="mobilenet_v2">
            <system-out>compression required: int8-static
        reference, 4 threads: p90 latency 412 ms [206, 618] exceeds 150 ms.
        int8-static, 4 threads meets every requirement; p90 latency has the least to spare, 40 % of its limit.
        The accuracy of int8-static is unknown: its outputs and the reference&#39;s have cosine 0.9991 on 100 inputs; measure it on your data before you use it.
        f16-weights, 4 threads: p90 latency 400 ms [200, 600] exceeds 150 ms; peak memory: killed at 63 MiB of 64 MiB during load, limit 64 MiB.</system-out>
          </testcase>
        </testsuite>

        """)
  }

  @Test func junitCountsFailuresAndErrors() throws {
    let records = SampleReport.records()
    let tight = SizingDecision(records: records, requirements: try .parse(latency: "p90<=1ms"))
    let doubtful = SizingDecision(records: records, requirements: try .parse(latency: "p90<=60ms"))
    let reports = try [tight, doubtful].map { try #require(SizingReport(records: records, decision: $0)) }
    let text = SizingReport.junit(reports)
    #expect(text.contains("tests=\"2\" failures=\"1\" errors=\"1\""))
    #expect(text.contains("<failure message=\"insufficient\">"))
    #expect(text.contains("<error message=\"inconclusive\">"))
  }

  @Test func jsonHasTheDocumentedNames() throws {
    let text = try SampleReport.make().json()
    let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["verdict"] as? String == "compression required: int8-static")
    #expect(object["evidence"] as? String == "projected")
    let configurations = try #require(object["configurations"] as? [[String: Any]])
    #expect(configurations.count == 3)
    for name in [
      "latency_ns", "peak_memory_bytes", "arena_bytes", "disk_bytes", "load_ns", "first_inference_ns", "macs",
      "parameters", "engine", "threads", "precision", "evidence", "projection",
    ] {
      #expect(configurations[0][name] != nil, "\(name)")
    }
    let projection = try #require(configurations[0]["projection"] as? [String: Any])
    let latency = try #require(projection["latency_ns"] as? [String: Any])
    #expect(Set(latency.keys) == ["median", "band90"])
    #expect(!text.contains("samples_ns"))
  }

  @Test func htmlIsOnePageWithAPlotAndNothingFromOutside() throws {
    let text = SizingReport.html([try SampleReport.make()], title: "Sizing for rpi4")
    #expect(text.hasPrefix("<!DOCTYPE html>"))
    for outside in ["http", "src=", "href=", "@import", "url("] {
      #expect(!text.contains(outside), "\(outside)")
    }
    // 618 ms is the largest end; the plot is 520 wide and begins at 260: 260 + 150 / (618 * 1.05) * 520.
    #expect(text.contains("<line class=\"limit\" x1=\"380.2\" x2=\"380.2\" y1=\"0\" y2=\"78.0\"/>"))
    #expect(text.contains("<g class=\"exceeded projected\"><title>412 ms [206, 618]</title>"))
    #expect(text.contains("<g class=\"met projected\"><title>60.0 ms [30.0, 90.0]</title>"))
    // Times of the sandbox are in the table, not in the plot.
    #expect(!text.contains("<title>3.21 ms"))
  }

  @Test func sandboxAndProjectionAreNeverInOneColumn() throws {
    let table = try SampleReport.make().table
    let titles = table.columns.map(\.title)
    let sandbox = try #require(titles.firstIndex(of: "p90 in sandbox"))
    let projected = try #require(titles.firstIndex(of: "projected median"))
    #expect(table.rows[1].cells[sandbox].text == "-")
    #expect(table.rows[1].cells[projected].text == "400 ms [200, 600]")
    // No row was measured on a board: there is no such column.
    #expect(!titles.contains("p90 on board"))
  }

  @Test func percentileIsOnlyPrintedWhereTheSamplesSupportIt() throws {
    let records = [RunRecord.sample()]
    let decision = SizingDecision(records: records, requirements: try .parse(latency: "p99<=50ms"))
    let report = try #require(SizingReport(records: records, decision: decision))
    #expect(!report.table.columns.map(\.title).contains("p99 on board"))
    #expect(report.terminalText(usesColour: false).contains("p99 latency  -"))
  }

  @Test func comparisonOnTheTerminal() {
    let old = RunRecord.sample(samples: RunRecord.steady(median: 40_000_000))
    let new = RunRecord.sample(samples: RunRecord.steady(median: 50_000_000))
    let lost = RunRecord.sample(threads: 1)
    #expect(
      ComparisonReport(old: [old, lost], new: [new]).terminalText(usesColour: false) == """
        model         profile  configuration         old median  new median               new/old        p  change
        ────────────  ───────  ────────────────────  ──────────  ──────────  ────────────────────  ───────  ──────
        mobilenet_v2  rpi4     reference, 4 threads     40.0 ms     50.0 ms  1.250 [1.248, 1.252]  <0.0001  slower
        only in the old: mobilenet_v2 on rpi4: reference, 1 thread

        """)
  }

  @Test func gateOnTheTerminal() throws {
    let limits = GateRequirements(general: .init(texts: .init(latency: "p90<=50ms", memory: "32 MiB")))
    let gate = try Gate(records: [.sample()], requirements: limits)
    #expect(
      gate.terminalText(usesColour: false) == """
        model         profile  configuration         limit                                 found  gate
        ────────────  ───────  ────────────────────  ─────────────────────  ────────────────────  ────────────────
        mobilenet_v2  rpi4     reference, 4 threads  p90 latency <= 50 ms   40.2 ms [40.1, 40.2]  passed
        mobilenet_v2  rpi4     reference, 4 threads  peak memory <= 32 MiB                61 MiB  FAILED: exceeded
        1 of 1 FAILED

        """)
    #expect(gate.junit.contains("failures=\"1\""))
  }
}
