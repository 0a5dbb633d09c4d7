// SPDX-License-Identifier: Apache-2.0
import MEPTransport
import OSGPTables

extension MEPDevice {
  /// Why a device cannot have what it wants. Every description says what to do next.
  public enum Problem: Error, Equatable, Sendable {
    /// The meter takes one client only, and this is its second port.
    case secondPortUnused
    /// Another device is registered at the port; its handle is 0 where the meter has given it none.
    case occupied(ClientIdentification, handle: UInt16)
    /// The registration stands, but the meter has given no handle in so many seconds.
    case noHandle(seconds: Int)
    /// The handle in the port's entry of ET14 is none that clients of this port get.
    case foreignHandle(UInt16)
    /// EP17 was taken, but the device has its handle still.
    case notRemoved(UInt16)
    case notRegistered
    /// The device had this handle, and is registered no more.
    case removed(UInt16)
    /// A post has more octets than the meter takes, in BT07 or in a transaction.
    case tooLong(octets: Int, limit: Int)
    /// Another client has had the meter watch other sources (ET71), which it has.
    case deltaAlertsTaken([DeltaDataAlert])
  }
}

extension MEPDevice.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .secondPortUnused:
      "This meter is in the mode for one MEP client (ET54, Multiple MEP Clients), and this is its second port: use the "
        + "other port, or ask your grid company to allow two clients."
    case .occupied(let identification, let handle):
      "Another device is registered at this port: \(identification)\(handle == 0 ? "" : ", handle \(handle)"). "
        + "--replace ends its registration first; nothing was written."
    case .noHandle(let seconds):
      "The registration is written, but the meter has given the device no handle in \(seconds) seconds: it may be the "
        + "utility's turn. Look again with `mep device`; do not register again and again, each time may use up a handle."
    case .foreignHandle(let handle):
      "ET14 has the handle \(handle) for this port, which is none of its range: please report it with a transcript of "
        + "ET14, ET54 and ET70."
    case .notRemoved(let handle):
      "The meter took the order to remove the device, but has not forgotten its handle \(handle): wait a minute and look "
        + "with `mep device`."
    case .notRegistered: "No device is registered at this port: `mep device register` does that."
    case .removed(let handle):
      "The device with the handle \(handle) is registered no more: the utility, or another program, has ended that. Ask "
        + "your grid company before you register again: each registration uses up a handle."
    case .tooLong(let octets, let limit):
      "A post of \(octets) octets is longer than the meter takes (\(limit)): nothing was posted. Shorten the data."
    case .deltaAlertsTaken(let others):
      "Another client has put sources of its own (\(others.map { "\($0.source)" }.joined(separator: ", "))) into ET71, which is "
        + "one for the meter: these are left there, and this client's are watched no more. Agree on who sets it."
    }
  }
}

extension ClientIdentification: CustomStringConvertible {
  /// Its parts in words, or its octets where it has another form.
  public var description: String {
    guard self != .none else { return "without an identification" }
    guard let standard else { return "identification \(Hex.text(octets))" }
    let manufacturer = standard.manufacturer
    var parts = [
      "manufacturer "
        + Hex.text([UInt8(manufacturer >> 16), UInt8(manufacturer >> 8 & 0xFF), UInt8(manufacturer & 0xFF)]),
      "class " + (standard.className?.description ?? "\(standard.deviceClass)"),
    ]
    if !standard.program.isEmpty { parts.append("program \(Hex.text(standard.program))") }
    if !standard.uniqueID.isEmpty { parts.append("unique ID \(Hex.text(standard.uniqueID))") }
    return parts.joined(separator: ", ")
  }
}

extension ScheduledMessage.Flaw: CustomStringConvertible {
  public var description: String {
    switch self {
    case .idTooLong(let limit): "This meter's display has \(limit) characters on the left: make the ID shorter."
    case .noSuchDecimalPoint(let limit):
      "A point of the ID stands behind one of its characters, of which this meter's display has \(limit): \"1.8.0\"."
    case .textTooLong(let limit):
      "This meter's display has \(limit) characters for a text: make it shorter, or put a part of it on the left (the ID)."
    case .unprintable(let octet):
      "The display cannot show the octet 0x\(Hex.text([octet])): use letters, digits and signs of ISO 646 (ASCII) only."
    case .noTime: "A message needs a start and an end in the years 2000 to 2099."
    case .endsBeforeItStarts: "The message would end before it starts: give a later end."
    case .notRead: "ET55 of this meter ends before the scheduled message: its display cannot be given one."
    }
  }
}
