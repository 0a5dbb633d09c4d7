// SPDX-License-Identifier: Apache-2.0
import C1219

extension Procedure {
  /// What a registered MEP client answers the meter's alerts with: data, or that it has seen them.
  ///
  /// **Unproven**: the guide tells that there is a type, and the number of one of its values. That the type is the first
  /// octet, and all behind it the data, is a guess.
  public static let ep39 = Procedure(
    .extended(39), "Post MEP Data", "posts a client's data, or clears an alert", .unproven, access: .any,
    parameters: [
      // "Scheduled Read Data", "Scheduled Read Data + Alarms" and "Clear M-Bus Alert" have numbers that nobody tells.
      .uint8("Type", .host, meanings: [Meaning(12, "clear delta data alert")]),
      .octets("Data", .rest, .host),
    ])
}

/// The parameters of EP39, **unproven**: see ``Procedure/ep39``.
public struct PostMEPData: ProcedureParameters {
  public var type: UInt8
  /// As a step of a transaction it may be longer than BT00.9 allows in BT07.
  public var data: [UInt8]

  public init(type: UInt8, data: [UInt8] = []) {
    self.type = type
    self.data = data
  }

  public static var procedure: Procedure { .ep39 }
  public var octets: [UInt8] { [type] + data }

  public init?(octets: [UInt8]) {
    guard let type = octets.first else { return nil }
    self.init(type: type, data: Array(octets.dropFirst()))
  }
}

// MARK: The guess

extension PostMEPData {
  /// What a post is for. `clearDeltaDataAlert` has the guide's number, `scheduledReadWithAlarms` that of a client that
  /// someone runs; the other numbers are this library's own choice, which its simulated meter shares.
  public enum Kind: UInt8, Sendable {
    case onDemandRead = 1
    case onDemandReadWithAlarms = 2
    case scheduledRead = 3
    case scheduledReadWithAlarms = 4
    case clearMBusAlert = 11
    case clearDeltaDataAlert = 12
  }

  /// Nil for a number that has no meaning here.
  public var kind: Kind? { Kind(rawValue: type) }

  /// What a client answers to a read: a result code and a length before the data, as a client that someone runs has it.
  public struct Answer: Equatable, Sendable {
    /// Whether the client could do what it was asked for.
    public var isSuccess: Bool
    public var data: [UInt8]

    public init(isSuccess: Bool, data: [UInt8]) {
      self.isSuccess = isSuccess
      self.data = data
    }
  }

  /// - Parameter answer: of its data as many as a length of 16 bits can tell.
  public init(_ kind: Kind, _ answer: Answer) {
    let data = answer.data.prefix(Int(UInt16.max))
    self.init(type: kind.rawValue, data: [answer.isSuccess ? 1 : 0] + UInt16(data.count).leastFirst + data)
  }

  /// Nil for a post that clears an alert only, and where the octets end before the data.
  public var answer: Answer? {
    switch kind {
    case .onDemandRead, .onDemandReadWithAlarms, .scheduledRead, .scheduledReadWithAlarms: break
    case .clearMBusAlert, .clearDeltaDataAlert, nil: return nil
    }
    guard let length = UInt16(leastFirst: data, at: 1), data.count >= 3 + Int(length) else { return nil }
    return Answer(isSuccess: data[0] == 1, data: Array(data.dropFirst(3).prefix(Int(length))))
  }

  /// Ends the alert for a change at the M-Bus.
  public static let clearMBusAlert = PostMEPData(type: Kind.clearMBusAlert.rawValue)
  /// Ends the alert that ET71 has raised.
  public static let clearDeltaDataAlert = PostMEPData(type: Kind.clearDeltaDataAlert.rawValue)
}
