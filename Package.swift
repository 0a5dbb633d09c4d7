// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// Optimised also in debug: a simulated house lives through months before somebody sees it, and most tests wait for these.
/// Whoever only depends on this package may not be given such flags.
let quick: [SwiftSetting] =
  ["/checkouts/", "/registry/"].contains(where: Context.packageDirectory.contains)
  ? [] : [.unsafeFlags(["-O"], .when(configuration: .debug))]
/// The pure targets: Embedded Swift, no package, no Foundation, no clock and no I/O.
let pure: [SwiftSetting] = [.treatWarning("EmbeddedRestrictions", as: .error)] + quick
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let database = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let http = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "mep",
  products: [
    .library(name: "C1219", targets: ["C1219"]),
    .library(name: "MEP", targets: ["MEP"]),
    .library(name: "OSGPTables", targets: ["OSGPTables"]),
    .library(name: "MEPTransport", targets: ["MEPTransport"]),
    .library(name: "MEPClient", targets: ["MEPClient"]),
    .library(name: "MEPSimulator", targets: ["MEPSimulator"]),
    .library(name: "MEPGateway", targets: ["MEPGateway"]),
    .executable(name: "mep", targets: ["mep"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .target(name: "C1219", swiftSettings: pure),
    .target(name: "MEP", dependencies: ["C1219"], swiftSettings: pure),
    .target(name: "OSGPTables", dependencies: ["C1219"], swiftSettings: pure),
    .target(name: "CSerial"),
    .systemLibrary(name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
    .target(name: "CTLS", linkerSettings: ["mbedtls", "mbedx509", "mbedcrypto"].map { .linkedLibrary($0) }),
    // #embed follows these files: they are no resources of the package.
    .target(name: "CDashboard", exclude: ["files"]),
    .target(name: "CHTTP", linkerSettings: ["curl", "z"].map { .linkedLibrary($0) }),
    .target(name: "MEPTransport", dependencies: ["MEP", "CSerial", "CTLS", log]),
    .target(name: "MEPClient", dependencies: ["C1219", "MEP", "OSGPTables", "MEPTransport", log]),
    .target(
      name: "MEPSimulator", dependencies: ["C1219", "MEP", "OSGPTables", "MEPTransport", log], swiftSettings: quick),
    .target(
      name: "MEPGateway",
      dependencies: [
        "C1219", "MEP", "OSGPTables", "MEPTransport", "MEPClient", "CMosquitto", "CHTTP", "CDashboard", "CTLS",
        database, http, yaml,
        log,
      ]),
    .executableTarget(name: "mep", dependencies: ["MEPClient", "MEPSimulator", "MEPGateway", arguments, log]),
    .executableTarget(
      name: "mep-bench", dependencies: ["MEPClient", "MEPSimulator", "MEPGateway", "TestSupport", log]),
    .testTarget(name: "C1219Tests", dependencies: ["C1219", "OSGPTables", "MEPTransport"]),
    .testTarget(name: "MEPTests", dependencies: ["MEP", "MEPTransport"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "OSGPTablesTests", dependencies: ["OSGPTables", "MEP", "MEPTransport"], resources: [.copy("Fixtures")]),
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(name: "MEPTransportTests", dependencies: ["MEPTransport", "TestSupport"]),
    .testTarget(name: "MEPClientTests", dependencies: ["MEPClient", "MEPSimulator"]),
    .testTarget(name: "MEPSimulatorTests", dependencies: ["MEPSimulator"]),
    .testTarget(name: "MEPGatewayTests", dependencies: ["MEPGateway", "MEPSimulator", "CHTTP", "TestSupport"]),
    .testTarget(name: "mepTests", dependencies: ["mep", "TestSupport"], resources: [.copy("Fixtures")]),
  ]
)
