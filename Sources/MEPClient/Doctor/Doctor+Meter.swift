// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables

/// What can be examined once the meter answers.
extension Doctor {
  // MARK: Short and long

  private static let trials = 3
  private static let long = Request.read(Table.bt23.id, length: UInt16(MessageRoom.inTLS.read))

  /// Whether long answers get through as short ones do.
  func compareAnswers(_ way: Security) async throws(LinkError) {
    begin("Comparing short and long answers")
    let (short, long) = try await withClient(key, way, level) { client throws(LinkError) in
      var (short, long) = (Answers(), Answers())
      for _ in 0..<Self.trials {
        short.note(try await client.perform(Self.short).result)
        long.note(try await client.perform(Self.long).result)
      }
      return (short, long)
    }
    if long.refused > 0 {
      note(.answers, "The meter refuses BT23, so that no long answer was had.")
    } else if short.whole == Self.trials, long.damaged == Self.trials {
      fault(
        .answers, "\(short.whole) of \(Self.trials) short answers were whole, and none of as many long ones.",
        .weakEnable)
    } else if short.whole + long.whole == 2 * Self.trials {
      good(.answers, "Short answers and long ones (\(long.longest) octets) are whole.")
    } else {
      note(
        .answers,
        "\(short.whole) of \(Self.trials) short answers were whole, and \(long.whole) of \(Self.trials) long ones.")
    }
  }

  private struct Answers {
    var whole = 0
    var refused = 0
    /// Octets came, and they were no answer.
    var damaged = 0
    var longest = 0

    mutating func note(_ result: Result<Response, ExchangeError>) {
      switch result {
      case .success(.data(let octets)):
        whole += 1
        longest = max(longest, octets.count)
      case .success: refused += 1
      case .failure(let error):
        switch error.reason {
        case .digest, .malformed, .tls: damaged += 1
        default: break
        }
      }
    }
  }

  // MARK: The meter

  /// Who the meter is, how reliably it answers, and what the key may do.
  func examineMeter(_ way: Security) async throws(LinkError) {
    guard let link else { return }
    begin("Asking who the meter is")
    let meter = Meter(over: link, key: key, security: way, access: level, timers: timers, log: log)
    let identity: Identity
    do throws(MeterError) {
      identity = try await meter.readIdentity()
      let port = try? await meter.mepPort().number
      await meter.endSession()
      good(
        .meter,
        "\(identity.manufacturer) \(identity.model), firmware \(identity.firmware): \(Self.generation(identity.firmware))"
          + (port.map { ", its MEP port \($0)" } ?? "") + ".")
      if way != .tls, patient.security == .auto, isRemembered(identity.utilitySerialNumber, port: port ?? 1) {
        fault(.meter, "It has spoken TLS at this port before, at another address, and does not now.", .noLongerTLS)
        return
      }
    } catch {
      await Task { await meter.endSession() }.value
      if case .link(let error) = error { throw error }
      return fault(.meter, "It does not say who it is.", .other(error))
    }
    let hasOneUART = Self.hasOneUART(identity.firmware)
    if wasSilent { fault(.meter, "It was silent at first.", hasOneUART ? .opticalSession : .loss) }
    try await examineReads(way, hasOneUART: hasOneUART)
    tellRights(identity.firmware)
  }

  private func isRemembered(_ serialNumber: String?, port: Int) -> Bool {
    patient.remembered.contains { $0.meter == serialNumber && $0.port == port }
  }

  /// The guide's word for it.
  private static func generation(_ firmware: FirmwareVersion) -> String {
    if firmware.isModule { return "a Control Point or OSGP Module" }
    return hasOneUART(firmware) ? "Gen 2 or 3" : "Gen 4"
  }

  /// Whether the optical port shares the MEP port's (guide, "Using the MEP and Optical Ports concurrently").
  private static func hasOneUART(_ firmware: FirmwareVersion) -> Bool {
    !firmware.isModule && firmware < FirmwareVersion(4, 0)
  }

  // MARK: Reads

  /// What became of many reads.
  private struct Reads {
    var times: [Int64] = []
    var sendings = 0
    var lost = 0
    /// Reads in a row that nothing answered, and sendings of these.
    var silent = 0
    var silentSendings = 0
    /// The same of the longest such row.
    var longestSilence = 0
    var lostInSilence = 0
    /// Sequence numbers that the meter had moved on by itself.
    var moved = 0

    mutating func note(_ outcome: ClientConnection.Outcome, isFirst: Bool, byDigests: Bool, _ time: Int64) {
      sendings += outcome.attempts
      switch outcome.result {
      case .success:
        (silent, silentSendings) = (0, 0)
        if outcome.attempts == 1 { times.append(time) }
        // The first one learns the number, or opens the session. Refused at once: somebody else has used the number up.
        if isFirst, outcome.sequenceReplaced { return }
        if byDigests, outcome.sequenceReplaced, outcome.attempts == 2 {
          moved += 1
        } else {
          lost += outcome.attempts - 1
        }
      case .failure(let error):
        lost += max(1, outcome.attempts)
        guard error.reason == .noAnswer else {
          (silent, silentSendings) = (0, 0)
          return
        }
        silent += 1
        silentSendings += max(1, outcome.attempts)
        if silent > longestSilence { (longestSilence, lostInSilence) = (silent, silentSendings) }
      }
    }
  }

  private func examineReads(_ way: Security, hasOneUART: Bool) async throws(LinkError) {
    let (reads, health) = try await withClient(key, way, level) { client throws(LinkError) in
      var reads = Reads()
      for i in 0..<effort.reads {
        begin("Reading, \(i + 1) of \(effort.reads)")
        let start = Instant.now()
        let outcome = try await client.perform(.read(Table.bt28.id, length: UInt16(MessageRoom.inTLS.read)))
        reads.note(outcome, isFirst: i == 0, byDigests: way != .tls, (Instant.now() - start).milliseconds)
      }
      return (reads, await client.health)
    }
    let times = reads.times.sorted()
    let pace =
      times.isEmpty
      ? ""
      : " An answer takes \(times[0]) to \(times[times.count - 1]) ms, half of them at most \(times[times.count / 2]) ms."
    let outcome =
      reads.lost == 0
      ? "all answered" : "\(reads.lost) of \(reads.sendings) sendings got no answer that is of use"
    let seen = "\(effort.reads) reads of BT28, \(outcome).\(pace)"
    if reads.moved >= Self.tolerated {
      fault(.reads, seen + " The meter's sequence number had moved on \(reads.moved) times.", .otherClient)
    } else if hasOneUART, reads.longestSilence > 1, reads.lost == reads.lostInSilence, !times.isEmpty {
      fault(.reads, seen + " All that were lost were lost in a row.", .opticalSession)
    } else if reads.lost >= Self.tolerated {
      fault(.reads, seen, .loss)
    } else if reads.lost + reads.moved + health.skippedOctets > 0 {
      note(.reads, seen + " \(health.skippedOctets) octets belonged to no answer.")
    } else {
      good(.reads, seen)
    }
    if health.echoes > 0 {
      note(.reads, "The line gives back what is sent, as a two-wire adapter does: that does no harm.")
    }
  }

  /// Lost answers of 50 that may be chance.
  private static let tolerated = 3

  // MARK: Rights

  private func tellRights(_ firmware: FirmwareVersion) {
    let tables = Catalogue.tables.filter { $0.isThere(in: firmware) }
    let both = tables.filter { $0.write == .any }.map(\.id.description).joined(separator: ", ")
    let advanced = tables.count { $0.write == .advanced }
    let reads = "reads \(tables.count { $0.read == .any }) tables"
    switch level {
    case .basic?: note(.rights, "The MBK \(reads), and writes \(both).")
    case .advanced?: note(.rights, "The MAK \(reads), and writes \(both) and \(advanced) more.")
    case nil:
      note(
        .rights,
        "By digests nothing tells the MBK from the MAK until a write is refused; --access says which it is. Either \(reads) and "
          + "writes \(both); the MAK writes \(advanced) more.")
    }
  }
}
