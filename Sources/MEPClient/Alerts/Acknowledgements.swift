// SPDX-License-Identifier: Apache-2.0
import MEP
import OSGPTables

/// How often each alert was answered by this client. One that stands after its answer is a new one, though nobody has seen
/// it gone in between.
struct Acknowledgements: Sendable {
  private var counts: [UInt8: Int] = [:]

  /// Notes what a call of EP39 answers.
  mutating func note(_ call: ProcedureCall) {
    guard call.number == PostMEPData.procedure.id.number, let post = PostMEPData(octets: call.parameters) else {
      return
    }
    let reason: MEPAlerts? =
      switch post.kind {
      case .scheduledRead, .scheduledReadWithAlarms: .scheduledRead
      case .clearMBusAlert: .mbusChange
      case .clearDeltaDataAlert: .deltaData
      // Requests are told apart by their transactions; what has another type is not known to answer anything.
      case .onDemandRead, .onDemandReadWithAlarms, nil: nil
      }
    if let reason { counts[reason.rawValue, default: 0] += 1 }
  }

  /// The alerts that were answered since.
  func since(_ earlier: Acknowledgements) -> MEPAlerts {
    MEPAlerts(counts.filter { earlier.counts[$0.key] != $0.value }.map { MEPAlerts(rawValue: $0.key) })
  }
}
