// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPSimulator
import MEPTransport
import OSGPTables
import Synchronization
import Testing

/// The frames that went over a link, in hexadecimal.
private final class Frames: Sendable {
  private let frames = Mutex<[String]>([])

  var all: [String] { frames.withLock { $0 } }

  func add(_ octets: [UInt8]) { frames.withLock { $0.append(Hex.text(octets)) } }
}

/// The guide's exchanges of a transaction and of a procedure, octet for octet between our client and the simulated meter,
/// under the guide's key. What the guide's meter holds, ours does not: where that is printed, sizes are compared.
@Suite(.timeLimit(.minutes(1))) struct GuideExchangeTests {
  private func exchange(_ sequence: UInt32) throws -> (client: ExchangeClient, frames: Frames) {
    let frames = Frames()
    let link = CapturingLink(plug(try simulated(.gen3).port(1), sequence: sequence &- 1)) { _, _, octets in
      frames.add(octets)
    }
    return (bareClient(link, key: AccessKey(dummy: 1), firstSequence: sequence &- 1), frames)
  }

  /// Pages 45 to 49: six commands, the head of their answers, their answers.
  @Test func transaction() async throws {
    let (client, frames) = try exchange(0x5B4E_42E6)
    let steps: [Request] = [
      .readPart(.extended(11), offset: 0, length: 10), .readPart(.basic(20), offset: 0, length: 10),
      .readPart(.basic(21), offset: 0, length: 10), .readPart(.extended(4), offset: 55, length: 1),
      .readPart(.extended(14), offset: 0, length: 12), .readPart(.extended(15), offset: 0, length: 31),
    ]
    let limits = TransactionLimits(requests: 896, responses: 1785)
    let octets = try Transaction(number: 1, steps, limits: limits).octets
    for request in [
      Request.writePart(.extended(52), offset: 0, octets), .readPart(.extended(53), offset: 0, length: 5),
      .readPart(.extended(53), offset: 0, length: 111),
    ] {
      _ = try await client.perform(request).result.get()
    }
    let seen = frames.all
    #expect(
      Array(seen.prefix(5))
        == [
          """
          0057 4f 0834 000000 0043 43000001000800 3f080b000000000a 0800 3f0014000000000a 0800 3f0015000000000a 0800
          3f08040000370001 0800 3f080e000000000c 0800 3f080f000000001f 0100 5b4e42e6 ed6a9ceff4cc0e39
          """, "0009 00 ed6a9ceff4cc0e39",
          "0014 3f 0835 000000 0005 5b4e42e7 489775dad853e3a3", "0010 00 0005 6f00010100 974b99caa3314519",
          "0014 3f 0835 000000 006f 5b4e42e8 1b3204497445a87a",
        ].map { $0.filter { !$0.isWhitespace } })
    // 13, 13, 13, 4, 15 and 34 octets of answers.
    let answer = try #require(Hex.octets(seen[5]))
    let answers = try Transaction(octets: answer[5...]).answers(to: steps)
    #expect(answer.count == 2 + 0x7A && answers.count == 6)
    for (step, answered) in zip(steps, answers) {
      guard case .readPart(let table, let offset, let length) = step, case .data(let octets) = answered else {
        Issue.record("\(step) was refused")
        continue
      }
      #expect(octets.count == Int(length))
      #expect(
        try await client.perform(.readPart(table, offset: offset, length: length)).result.get() == .data(octets))
    }
  }

  /// Pages 53 and 54: EP17 with the handle 0x03F8.
  @Test func procedure() async throws {
    let (client, frames) = try exchange(0x5B4E_4309)
    let call = ProcedureCall(number: 0x0811, sequence: 7, parameters: RemoveMEPDevice(0x03F8).octets)
    #expect(try await client.perform(.write(.basic(7), call.octets)).result.get() == .done)
    #expect(
      frames.all
        == [
          "0017 40 0007 0006 11080700f803 5b4e4309 697ab201497e9cf7", "0009 00 697ab201497e9cf7",
        ].map { $0.filter { !$0.isWhitespace } })
    // Our meter knows no such handle.
    let answer = try await client.perform(.read(.basic(8), length: 4)).result.get()
    #expect(answer == .data([0x11, 0x08, 7, 3]))
  }
}
