// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables

extension MEPDevice {
  /// What the grid wants of this device.
  public enum Work: Sendable, Equatable {
    /// - downlink: the non-urgent data that ET13 has for the device, in a form of the utility's own.
    case scheduledRead(downlink: [UInt8])
    case request(OnDemandRequests.Request)
  }

  /// What is to be posted: exactly this.
  public enum Answer: Sendable, Equatable {
    /// - withAlarms: the data have the device's alarms with them, in the form that the utility knows.
    case data([UInt8], withAlarms: Bool = false)
    /// The device cannot do what it was asked for. For on-demand requests.
    case failure
    /// All parameters of EP39, for whoever knows them better than the guess does.
    case parameters(PostMEPData)
  }

  /// What a service tells of itself.
  public enum Event: Sendable {
    case posted(PostMEPData, to: Work)
    case notPosted(Work, Reason)
    /// Another device's request is in front of this one's.
    case waiting(OnDemandRequests.Request)
    /// Something that needs no post: a change at the M-Bus, or of a source of ET71.
    case alert(MeterAlert)
    /// The meter was told that this alert is known. What is read now lacks nothing: a change after it is a new alert.
    case cleared(MEPAlerts)
    /// Another client's delta alerts are in the place of this one's (ET71), and left there.
    case deltaAlertsTaken([DeltaDataAlert])
  }

  /// Why nothing was posted.
  public enum Reason: Sendable, Equatable {
    /// There was no answer.
    case noAnswer
    /// The answer took longer than ET51 allows, or the request was gone when it came.
    case late
    /// The answer is longer than the meter takes, also in a transaction.
    case tooLong(octets: Int, limit: Int)
    /// The meter did not take it.
    case refused(ProcedureAnswer)
  }

  /// How a device answers.
  public struct Service: Sendable {
    /// EP39's form is a guess: nothing is served without saying so.
    public var unproven: Bool
    /// Alerts that are cleared when they have been told. Those that need a post are not among them.
    public var clearing: MEPAlerts
    /// Is told what happens.
    public var tell: @Sendable (Event) -> Void
    /// Answers. Nil posts nothing: a request then expires, a scheduled read is asked for again. Cancelled when the meter's
    /// time for it (ET51) is over.
    public var answer: @Sendable (Work) async -> Answer?

    public init(
      unproven: Bool = false, clearing: MEPAlerts = [], tell: @escaping @Sendable (Event) -> Void = { _ in },
      answer: @escaping @Sendable (Work) async -> Answer?
    ) {
      self.unproven = unproven
      self.clearing = clearing
      self.tell = tell
      self.answer = answer
    }
  }

  /// Answers what the grid asks of this device, until the task is cancelled or something goes wrong: the link, or that the
  /// registration was ended. The meter hears from the device often enough to know that it is there.
  ///
  /// A meter has two devices' requests in one queue, and takes an answer for that of the oldest one: a request waits until
  /// it is in front.
  public func serve(_ service: Service) async throws(MeterError) {
    guard service.unproven else { throw .unproven(PostMEPData.procedure.id) }
    let (handle, isRegistered) = try await standing()
    guard handle != 0, isRegistered else { throw .device(.notRegistered) }
    let table = try await meter.read(.et51)
    guard let settings = ClientSettings(table, port: port.number) else { throw MeterError.tooShort(table) }
    var server = MEPDeviceServer(device: self, service: service, handle: handle, settings: settings)
    while true { try await server.look() }
  }
}
