// swift-tools-version: 6.1
import PackageDescription

// Modules by level: a module imports only modules of lower levels. See docs/design.md.
// The build runs with `--explicit-target-dependency-import-check error` (Makefile).

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .unsafeFlags(["-warnings-as-errors"]),
]
let strictC: [CSetting] = [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]
// Kernels are optimised in debug builds too: tests compare thousands of shapes.
let kernelC: [CSetting] = strictC + [.unsafeFlags(["-O3", "-fno-math-errno"])]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "edgebench",
  products: [
    .executable(name: "edgebench", targets: ["edgebench"]),
    .executable(name: "edgebench-agent", targets: ["edgebench-agent"]),
    // The agent opens it, from the folder that it is in itself, when samples are to be taken.
    .library(name: "edgebench-timer", type: .dynamic, targets: ["CGoogleBenchmark"]),
    // qemu-user opens it, to count an emulated board's instructions.
    .library(name: "edgebench-instructions", type: .dynamic, targets: ["CInstructionCounter"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Level 0
    .target(name: "Units", swiftSettings: strict),
    // Optimised in debug builds too: every run hashes both programs.
    .target(name: "Digests", swiftSettings: strict + [.unsafeFlags(["-O"])]),
    .target(name: "Statistics", swiftSettings: strict),
    .target(name: "CKernels", cSettings: kernelC),
    .target(name: "CPlanFormat", cSettings: strictC),
    .target(name: "CLinux", cSettings: strictC),
    .target(name: "CTimer", cSettings: strictC),
    .target(
      name: "CImages", cSettings: strictC, linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg")]),
    // #embed is C23's; the rest is C17.
    .target(
      name: "CReferenceData", exclude: ["digits"],
      cSettings: strictC + [.unsafeFlags(["-Wno-c23-extensions"])]),
    .target(
      name: "CGoogleBenchmark",
      dependencies: ["CTimer"],
      linkerSettings: [
        // Without this the driver links Swift's standard library, though there is no Swift in it.
        .unsafeFlags(["-enable-experimental-feature", "Embedded"]),
        .linkedLibrary("benchmark"), .linkedLibrary("stdc++"), .linkedLibrary("m"),
      ]),
    // What it calls is qemu's, and found when qemu opens it.
    .target(
      name: "CInstructionCounter", cSettings: strictC + [.unsafeFlags(["-O2", "-fvisibility=hidden"])],
      linkerSettings: [.unsafeFlags(["-enable-experimental-feature", "Embedded"])]),

    // Level 1
    .target(name: "Graph", dependencies: ["Units"], swiftSettings: strict),
    .target(name: "DeviceProfiles", dependencies: ["Digests", "Units", yams], swiftSettings: strict),
    .target(name: "Records", dependencies: ["Digests", "Units", "Statistics"], swiftSettings: strict),
    // Inference is compiled twice: here, and in Embedded Swift inside the agent, which reaches the
    // same files through the link Sources/edgebench-agent/Inference.
    .target(name: "Inference", dependencies: ["CKernels", "CLinux", "CPlanFormat"], swiftSettings: strict),

    // Level 2
    .target(
      name: "Lowering", dependencies: ["Graph", "Inference", "CKernels", "CPlanFormat", "Units"],
      swiftSettings: strict),
    // Optimised in debug builds too: a fit solves systems of a thousand unknowns.
    .target(
      name: "LatencyModel", dependencies: ["Graph", "DeviceProfiles", "Units"],
      swiftSettings: strict + [.unsafeFlags(["-O"])]),
    .target(
      name: "Sizing", dependencies: ["Records", "DeviceProfiles", "Statistics", "Units"],
      swiftSettings: strict),

    // Level 3
    .target(
      name: "ModelFormats", dependencies: ["CLinux", "Graph", "Inference", "Lowering", "Units"],
      swiftSettings: strict),
    .target(
      name: "Compression", dependencies: ["CKernels", "Graph", "Inference", "Lowering"], swiftSettings: strict
    ),
    .target(
      name: "Engines", dependencies: ["Graph", "Inference", "Lowering", "Units"], swiftSettings: strict),
    .target(
      name: "Execution",
      dependencies: [
        "CKernels", "CLinux", "CPlanFormat", "CTimer", "DeviceProfiles", "Digests", "Records", "Units",
      ],
      swiftSettings: strict),
    .target(
      name: "Reporting", dependencies: ["Records", "Sizing", "Statistics", "Units"],
      swiftSettings: strict),

    // Level 4
    .target(
      name: "ReferenceSuite", dependencies: ["CReferenceData", "Graph", "ModelFormats"], swiftSettings: strict
    ),
    // Optimised in debug builds too: tests train.
    .target(
      name: "Training",
      dependencies: ["CKernels", "Compression", "Datasets", "Digests", "Graph", "Lowering", "Records"],
      swiftSettings: strict + [.unsafeFlags(["-O"])]),
    .target(
      name: "Datasets",
      dependencies: [
        "CImages", "CReferenceData", "Graph", "Lowering", "ModelFormats", "Records", "Statistics",
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "edgebench",
      dependencies: [
        "Compression", "Datasets", "DeviceProfiles", "Digests", "Engines", "Execution", "Graph",
        "LatencyModel", "ModelFormats", "Records", "ReferenceSuite", "Reporting", "Sizing", "Statistics",
        "Training", "Units",
        argumentParser,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "edgebench-agent",
      dependencies: ["CKernels", "CLinux", "CPlanFormat", "CTimer"],
      swiftSettings: [
        .enableExperimentalFeature("Embedded"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .unsafeFlags(["-wmo", "-warnings-as-errors"]),
      ],
      linkerSettings: [
        .linkedLibrary("m"),
        // A board stores the program: no symbols, no debug sections.
        .unsafeFlags(["-Xlinker", "-s"], .when(configuration: .release)),
      ]),

    // Not part of the product: `make train-reference`, `make compression-table`.
    .executableTarget(
      name: "edgebench-training",
      dependencies: [
        "Compression", "Datasets", "DeviceProfiles", "Engines", "Execution", "Graph", "LatencyModel",
        "ModelFormats", "Records", "ReferenceSuite", "Sizing", "Statistics", "Training",
      ],
      swiftSettings: strict),

    // Not part of the product: `make microbench`.
    .executableTarget(
      name: "edgebench-microbench", dependencies: ["CKernels"],
      cxxSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror", "-O2"])],
      linkerSettings: [.linkedLibrary("benchmark"), .linkedLibrary("m")]),

    // Tests
    // Runs the programs that are built beside it.
    .testTarget(
      name: "EdgebenchTests", dependencies: ["ModelFormats", "TestSupport"], exclude: ["Help"],
      swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["Graph", "ModelFormats"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "ModelFormatsTests",
      dependencies: ["Graph", "Lowering", "ModelFormats", "ReferenceSuite", "TestSupport"],
      swiftSettings: strict),
    .testTarget(name: "UnitsTests", dependencies: ["Units"], swiftSettings: strict),
    .testTarget(
      name: "LatencyModelTests",
      dependencies: ["LatencyModel", "DeviceProfiles", "Graph", "ReferenceSuite", "Units"],
      swiftSettings: strict),
    .testTarget(
      name: "ReferenceSuiteTests", dependencies: ["Datasets", "ReferenceSuite", "Graph", "Lowering"],
      swiftSettings: strict),
    .testTarget(
      name: "DeviceProfilesTests", dependencies: ["DeviceProfiles", "Units"], swiftSettings: strict),
    .testTarget(
      name: "DatasetsTests", dependencies: ["Datasets", "Graph", "ModelFormats"], swiftSettings: strict),
    .testTarget(
      name: "TrainingTests",
      dependencies: ["Compression", "Datasets", "Graph", "Lowering", "Training"], swiftSettings: strict),
    .testTarget(name: "DigestsTests", dependencies: ["Digests"], swiftSettings: strict),
    .testTarget(
      name: "ExecutionTests",
      dependencies: [
        "Execution", "CKernels", "CPlanFormat", "CTimer", "DeviceProfiles", "Records", "Units",
      ],
      swiftSettings: strict),
    .testTarget(name: "StatisticsTests", dependencies: ["Statistics"], swiftSettings: strict),
    .target(
      name: "RecordFixtures", dependencies: ["Records", "Statistics"], path: "Tests/RecordFixtures",
      swiftSettings: strict),
    .testTarget(
      name: "RecordsTests", dependencies: ["RecordFixtures", "Records", "Statistics"], swiftSettings: strict),
    .testTarget(
      name: "SizingTests",
      dependencies: ["DeviceProfiles", "RecordFixtures", "Records", "Sizing", "Statistics", "Units"],
      swiftSettings: strict),
    .testTarget(
      name: "ReportingTests",
      dependencies: ["RecordFixtures", "Records", "Reporting", "Sizing", "Statistics"], swiftSettings: strict),
    .testTarget(name: "GraphTests", dependencies: ["Graph"], swiftSettings: strict),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels", "Statistics"], swiftSettings: strict),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter", cSettings: strictC),
    .testTarget(
      name: "LoweringTests", dependencies: ["Graph", "Inference", "Lowering", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "InferenceTests",
      dependencies: ["AllocationCounter", "CPlanFormat", "Graph", "Inference", "Lowering"],
      swiftSettings: strict),
    .testTarget(
      name: "CompressionTests",
      dependencies: ["Compression", "Graph", "Lowering", "ModelFormats", "ReferenceSuite"],
      swiftSettings: strict),
  ],
  cLanguageStandard: .c17,
  cxxLanguageStandard: .cxx17
)

// `make fuzz`: libFuzzer brings the program's main function, so it only links under `--sanitize=fuzzer`.
if Context.environment["EDGEBENCH_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "edgebench-fuzz",
      dependencies: [
        "CPlanFormat", "DeviceProfiles", "Graph", "Inference", "Lowering", "ModelFormats", "RecordFixtures",
        "Records", "TestSupport",
      ],
      path: "Tests/Fuzz", swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
}

// `make sanitize`: the kernels' tests and what they need, so that little is built again with sanitizers.
if Context.environment["EDGEBENCH_SANITIZE"] != nil {
  let needed: Set = [
    "CKernels", "CKernelsTests", "CLinux", "CPlanFormat", "Graph", "Inference", "Lowering", "LoweringTests",
    "ModelFormats", "Statistics", "TestSupport", "Units",
  ]
  package.targets.removeAll { !needed.contains($0.name) }
  package.products = []
}
