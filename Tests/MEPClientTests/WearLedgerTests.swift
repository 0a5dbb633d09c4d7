// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

/// The count of what wears a meter's memory is kept before anything is sent.
@Suite(.timeLimit(.minutes(1))) final class WearLedgerTests: Sendable {
  private let folder = NSTemporaryDirectory() + "mep-wear-\(UUID().uuidString)"

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The one meter's folder in it.
  private var own: String? {
    (try? FileManager.default.contentsOfDirectory(atPath: folder))?.first.map { "\(folder)/\($0)" }
  }

  private var lines: [String] {
    own.flatMap { Files.text($0 + "/wear") }?.split(separator: "\n").map { String($0.prefix { $0 != " " }) } ?? []
  }

  /// As many octets of ET13 as take two messages.
  private func long(_ meter: Meter) async throws -> [UInt8] { Array(try await meter.read(.et13).octets.prefix(180)) }

  private func keep(_ count: Int, _ kind: Wear.Kind, in folder: String) throws {
    var wear = Wear()
    wear.count(kind, count, at: Int64(time(nil)))
    try Data(wear.text.utf8).write(to: URL(fileURLWithPath: folder + "/wear"))
  }

  @Test func allPartsAreCountedBeforeTheFirstIsSent() async throws {
    let counted = Steps()
    let handler = Preceded(try simulated(.gen3Old).port(1)) { [self] request in
      if !request.isRead { counted.add(lines.count, 2) }
    }
    let meter = Meter(at: plug(handler))
    await meter.set(wear: WearLedger(folder: folder))
    try await meter.write(.extended(13), try await long(meter))
    #expect(counted.all == ["2 of 2", "2 of 2"])
    #expect(lines == ["table", "table"])
  }

  /// Several clients of one meter, each with files of its own, as several programs have.
  @Test func manyCountTogether() async throws {
    let folder = folder
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let meter = Meter(at: plug(try simulated(.gen3Old).port(1)))
          await meter.set(wear: WearLedger(folder: folder))
          for i in 0..<5 { try await meter.write(.extended(3), offset: 30, [UInt8(i)]) }
        }
      }
      try await group.waitForAll()
    }
    #expect(lines.count == 40)
    let names = try FileManager.default.contentsOfDirectory(atPath: try #require(own)).sorted()
    #expect(names == ["wear", "wear.lock"])
  }

  @Test func nothingIsMadeWithoutNeed() async throws {
    // 3.84 counts transactions only; reads and what is not in non-volatile memory never count.
    let meter = Meter(at: plug(try simulated(.gen3).port(1)))
    await meter.set(wear: WearLedger(folder: folder))
    _ = try await meter.read(.bt23)
    try await meter.write(.extended(3), offset: 30, [1])
    #expect(own == nil && !FileManager.default.fileExists(atPath: folder))
    _ = try await meter.carryOut([.octets(of: .basic(1), 0..<4)])
    #expect(lines == ["transaction"])
  }

  @Test func whatCannotBeCountedIsNotSent() async throws {
    let simulator = try simulated(.gen3Old)
    let meter = Meter(at: plug(simulator.port(1)))
    await meter.set(wear: WearLedger(folder: "/dev/null/here"))
    let words = await failure { () async throws(MeterError) in try await meter.write(.extended(3), offset: 30, [1]) }
    #expect(words.hasPrefix("uncounted /dev/null/here/"))
    // One that cannot be read is not an empty one.
    await meter.set(wear: WearLedger(folder: folder))
    try await meter.write(.extended(3), offset: 30, [1])
    let file = try #require(own) + "/wear"
    try FileManager.default.removeItem(atPath: file)
    try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
    #expect(
      await failure { () async throws(MeterError) in try await meter.write(.extended(3), offset: 30, [2]) }
        == "uncounted \(file)")
    #expect(await simulator.writes == 1)
  }

  @Test func aChangeIsRefusedAsAWhole() async throws {
    let simulator = try simulated(.gen3Old)
    let meter = Meter(at: plug(simulator.port(1)))
    await meter.set(wear: WearLedger(folder: folder))
    try await meter.write(.extended(3), offset: 30, [1])
    try keep(99, .tableWrite, in: try #require(own))
    let long = try await long(meter)
    #expect(
      await failure { () async throws(MeterError) in try await meter.write(.extended(13), long) }.hasPrefix(
        "worn table")
    )
    #expect(await simulator.writes == 1 && lines.count == 99)
    // Anyway, and counted all the same.
    await meter.set(wear: WearLedger(folder: folder), anyway: true)
    try await meter.write(.extended(13), long)
    #expect(await simulator.writes == 3 && lines.count == 101)
  }

  /// A call that has to be sent again is not given up for its wear: nobody would know what came of it.
  @Test func whatWasBegunIsBroughtToItsEnd() async throws {
    let simulator = try simulated(.gen3Old)
    let link = TamperedLink(plug(simulator.port(1), timers: .steady)) { request, sending in
      !request.isRead && sending <= 3 ? .loseRequest : .pass
    }
    let meter = await Meter(hasty: link, timers: .steady)
    var spent = Wear()
    spent.count(.tableWrite, 99, at: Int64(time(nil)))
    await meter.set(wear: WearLedger(spent))
    #expect(try await meter.call(procedure: 0x0811, parameters: [0, 0xFF, 0xFF]).result == 0)
    #expect(await meter.wear.count(of: .tableWrite) >= 100)
  }
}
