// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables

/// What can be examined once the meter answers.
extension Doctor {
  /// Whether long answers get through as short ones do.
  func compareAnswers(_ way: Way) async throws(LinkError) {
    begin("Comparing short and long answers")
    guard let client = client(key, way, level) else { return }
    var (short, long, longest) = (0, 0, 0)
    for _ in 0..<Self.trials {
      if try await octets(Self.short, client) != nil { short += 1 }
      if let count = try await octets(Self.long, client) {
        long += 1
        longest = max(longest, count)
      }
    }
    await client.endSession()
    if long == 0, short > 0 {
      fault(
        .answers, "\(short) of \(Self.trials) short answers were whole, and none of as many long ones.", .weakEnable)
    } else if short + long == 2 * Self.trials {
      good(.answers, "Short answers and long ones (\(longest) octets) are whole.")
    } else {
      note(.answers, "\(short) of \(Self.trials) short answers were whole, and \(long) of \(Self.trials) long ones.")
    }
  }

  private static let trials = 3
  private static let long = Request.read(Table.bt23.id, length: UInt16(MessageRoom.inTLS.read))

  /// How many octets a verified answer held; nil where none came.
  private func octets(_ request: Request, _ client: ExchangeClient) async throws(LinkError) -> Int? {
    guard case .success(let response) = try await client.perform(request).result else { return nil }
    if case .data(let octets) = response { return octets.count }
    return 0
  }

  /// Who the meter is, how reliably it answers, and what the key may do.
  func examineMeter(_ way: Way) async throws(LinkError) {
    guard let link else { return }
    begin("Asking who the meter is")
    let meter = Meter(over: link, key: key, security: way.security, access: level, timers: timers, log: log)
    do throws(MeterError) {
      let identity = try await meter.readIdentity()
      let port = try? await meter.mepPort()
      good(
        .meter,
        "\(identity.manufacturer) \(identity.model), firmware \(identity.firmware): \(Self.generation(identity.firmware))"
          + (port.map { ", its MEP port \($0.number)" } ?? "") + ".")
      if wasSilent { fault(.meter, "It was silent at first.", .opticalSession) }
      await meter.endSession()
      do throws(LinkError) { try await examineReads(way) } catch { throw MeterError.link(error) }
      tellRights(identity.firmware)
    } catch {
      await meter.endSession()
      if case .link(let error) = error { throw error }
      fault(.meter, "It does not say who it is.", .other(error))
    }
  }

  /// The guide's word for it.
  private static func generation(_ firmware: FirmwareVersion) -> String {
    if firmware.isModule { return "a Control Point or OSGP Module" }
    return firmware < FirmwareVersion(4, 0) ? "Gen 2 or 3" : "Gen 4"
  }

  // MARK: Reads

  private func examineReads(_ way: Way) async throws(LinkError) {
    guard let client = client(key, way, level) else { return }
    var times: [Int64] = []
    var (sendings, lost, silent, longestSilence, replaced) = (0, 0, 0, 0, 0)
    for i in 0..<effort.reads {
      begin("Reading, \(i + 1) of \(effort.reads)")
      let start = Instant.now()
      let outcome = try await client.perform(Request.read(Table.bt28.id, length: UInt16(MessageRoom.inTLS.read)))
      sendings += outcome.attempts
      // The first one learns the number, or opens the session.
      if i > 0, outcome.sequenceReplaced { replaced += 1 }
      switch outcome.result {
      case .success:
        if outcome.attempts == 1 { times.append((Instant.now() - start).milliseconds) }
        if outcome.attempts > 1, !(i == 0 || outcome.sequenceReplaced) { lost += outcome.attempts - 1 }
        silent = 0
      case .failure(let error):
        lost += outcome.attempts
        silent = error.reason == .noAnswer ? silent + 1 : 0
        longestSilence = max(longestSilence, silent)
      }
    }
    let health = await client.health
    await client.endSession()
    times.sort()
    let pace =
      times.isEmpty
      ? ""
      : " An answer takes \(times[0]) to \(times[times.count - 1]) ms, half of them at most \(times[times.count / 2]) ms."
    let outcome = lost == 0 ? "all answered at once" : "\(lost) of \(sendings) sendings got no answer that is of use"
    let seen = "\(effort.reads) reads of BT28, \(outcome).\(pace)"
    if replaced >= Self.tolerated {
      fault(
        .reads, seen + " The meter lost our \(way == .tls ? "session" : "sequence number") \(replaced) times.",
        .otherClient)
    } else if longestSilence > 0, !times.isEmpty, lost <= 3 * longestSilence {
      fault(.reads, seen + " All that were lost were lost at once.", .opticalSession)
    } else if lost >= Self.tolerated {
      fault(.reads, seen, .loss(lost: lost, of: sendings))
    } else if lost > 0 || health.skippedOctets > 0 {
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
    let reads = "reads \(tables.count) tables"
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
