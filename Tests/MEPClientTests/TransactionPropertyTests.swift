// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

/// Whatever the steps: together they answer what they answer one by one, and leave the meter the same.
@Suite(.timeLimit(.minutes(3))) struct TransactionPropertyTests {
  private static let readable: [Table] = [.bt01, .bt15, .bt21, .bt22, .bt23, .bt28, .bt52, .et11, .et47, .et50, .et51]

  private func step(_ random: inout SeededGenerator) -> TransactionStep {
    func octets(_ range: ClosedRange<Int>) -> [UInt8] {
      (0..<Int.random(in: range, using: &random)).map { _ in .random(in: 0...255, using: &random) }
    }
    let table = Self.readable.randomElement(using: &random) ?? .bt01
    switch Int.random(in: 0..<7, using: &random) {
    case 0: return .read(table)
    case 1: return .read(.bt28, paths: ["rms_voltage_l1", "fwd_active_w_l1l2l3"])
    case 2:
      let start = Int.random(in: 0..<30, using: &random)
      return .octets(of: table.id, start..<start + Int.random(in: 0..<20, using: &random))
    // Icons and values for the display; often beyond the end of the table.
    case 3: return .write(.extended(50), offset: .random(in: 43...75, using: &random), octets(1...4))
    case 4: return .write(.extended(47), offset: .random(in: 0..<16, using: &random), octets(1...3))
    case 5: return .call(procedure: 0x0811, parameters: octets(0...3))
    default: return .call(procedure: .random(in: 0x0860...0x0870, using: &random), parameters: octets(0...3))
    }
  }

  private func alone(_ step: TransactionStep, _ meter: Meter, _ client: ExchangeClient) async -> String {
    do throws(MeterError) {
      switch step {
      case .read(let table, let paths):
        let answer: TransactionAnswer =
          paths.isEmpty ? .table(try await meter.read(table)) : .fields(try await meter.read(table, paths: paths))
        return answer.words
      case .octets(let table, let range):
        let range = range ?? 0..<0
        let part = Request.readPart(table, offset: UInt32(range.lowerBound), length: UInt16(range.count))
        switch try? await client.perform(part).result.get() {
        case .data(let octets)?: return "octets \(Hex.text(octets))"
        case .refused(let code)?: return "failed: \(MeterError.refused(code, table).words)"
        default: return "no answer"
        }
      case .change(let plan):
        try await meter.carryOut(plan)
        return "written"
      case .write(let table, let offset, let octets):
        try await meter.write(table, offset: offset, octets)
        return "written"
      case .call(let procedure, let parameters):
        return TransactionAnswer.called(try await meter.call(procedure: procedure, parameters: parameters)).words
      }
    } catch {
      return "failed: \(error.words)"
    }
  }

  @Test(arguments: 0..<12 as Range<UInt64>) func togetherAsOneByOne(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let profile = [Profile.gen3, .gen3Old, .gen4][Int(seed % 3)]
    let key = seed % 2 == 0 ? advancedKey : basicKey
    let (simulator, other) = (try simulated(profile.alone), try simulated(profile.alone))
    let meter = await Meter(hasty: plug(simulator.port(1)), key: key)
    let single = await Meter(hasty: plug(other.port(1)), key: key)
    let client = bareClient(plug(other.port(1)), key: key)
    var rounds = 0
    while rounds < 3 {
      let steps = (0..<Int.random(in: 1...8, using: &random)).map { _ in step(&random) }
      let words = await meter.words(steps)
      if words[0].hasPrefix("transaction refused") { continue }
      rounds += 1
      for (i, step) in steps.enumerated() {
        let wanted = await alone(step, single, client)
        #expect(words.count == steps.count && words[i] == wanted, "seed \(seed): \(step)")
      }
    }
    for table in [Table.et47, .et50] {
      #expect(try await meter.read(table).octets == single.read(table).octets, "seed \(seed)")
    }
  }
}
