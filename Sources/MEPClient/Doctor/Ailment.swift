// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport

/// What keeps a meter from being read, or from being read well.
public enum Ailment: Sendable {
  /// The serial port or the connection.
  case port(LinkError)
  /// Nothing comes, whatever is sent.
  case silence
  /// The meter raises alerts, and does not hear what is sent.
  case unheard
  /// What is sent comes back.
  case echo
  /// The meter talks at another rate, in baud.
  case rate(Int)
  /// Octets come, and no answer among them is whole.
  case noise
  /// Too many requests had to be repeated, or were lost.
  case loss
  /// Short answers are whole, long ones are cut.
  case weakEnable
  /// Somebody else talks with the meter on this line.
  case otherClient
  /// The port was silent for a while and then was not.
  case opticalSession
  /// The port takes TLS only.
  case needsTLS
  /// The port takes digests only.
  case noTLS
  /// The port took TLS before, and does not now.
  case noLongerTLS
  /// The port refuses what is asked by digests, and speaks no TLS.
  case refused(ResponseCode)
  /// A session begins and does not get to its end.
  case brokenTLS
  case wrongKey
  /// The characters in the file are the key, and were taken for hexadecimal digits.
  case keyForm
  /// The key is of the other level.
  case level(AccessLevel)
  /// Something that was asked once more ended otherwise.
  case other(MeterError)

  /// A word for programs.
  public var name: String {
    switch self {
    case .port: "port"
    case .silence: "silence"
    case .unheard: "unheard"
    case .echo: "echo"
    case .rate: "rate"
    case .noise: "noise"
    case .loss: "loss"
    case .weakEnable: "weak_enable"
    case .otherClient: "other_client"
    case .opticalSession: "optical_session"
    case .needsTLS: "needs_tls"
    case .noTLS: "no_tls"
    case .noLongerTLS: "no_longer_tls"
    case .refused: "refused"
    case .brokenTLS: "broken_tls"
    case .wrongKey: "wrong_key"
    case .keyForm: "key_form"
    case .level: "level"
    case .other: "other"
    }
  }

  /// What is likely behind it.
  public var cause: String {
    switch self {
    case .port: "This computer's side: nothing was sent."
    case .silence:
      "The port is closed, or its ENABLE pin is not driven, or the cable is not in the MEP port, or a wire is missing; on "
        + "meters up to firmware 3.x also somebody who reads the optical eye."
    case .unheard:
      "The wire on which the meter hears us (pin 3) is missing or swapped, or its level is no RS-232 level; or somebody reads "
        + "the optical eye."
    case .echo: "The two data wires touch, TX and RX are bridged, or the adapter is a two-wire one that hears itself."
    case .rate(let baud): "The port was set to \(baud) baud (ET13), or the address says another rate."
    case .noise:
      "Another rate than all that were tried, TTL levels instead of RS-232, a loose plug, or no common ground."
    case .loss:
      "A loose plug, a long or unshielded cable, a poor supply of the adapter, a network bridge that is overloaded, a meter "
        + "that restarts, or another client whose TLS session ends ours."
    case .weakEnable:
      "The ENABLE pin (2) has too little voltage or current: the meter's driver gives out when it sends for longer. A network "
        + "bridge with small packets can look the same."
    case .otherClient:
      "A second program or module uses the same port: they take each other's answers and sequence numbers."
    case .opticalSession:
      "On meters up to firmware 3.x the optical eye and this port share one UART: while somebody reads the eye, this port is "
        + "deaf. A meter that restarts, or a plug that is touched, looks the same."
    case .needsTLS: "The grid company has set this port to take TLS only (ET97)."
    case .noTLS: "This firmware knows no TLS, or not at this port."
    case .noLongerTLS: "Your grid company has changed the port; or somebody else answers in the meter's place."
    case .refused: "The guide does not tell why a port says so before anything was asked of it."
    case .brokenTLS:
      "Noise on the line, another client whose session ends ours, or a wrong key that the port does not call so."
    case .wrongKey:
      "The key is another meter's, an old one, or not copied as it was given; or only the other key was handed out."
    case .keyForm: "The key is made of the characters 0 to 9 and a to f, and looks like hexadecimal digits."
    case .level: "MBK and MAK were mixed up."
    case .other: "See what was seen."
    }
  }

  /// What to do next.
  public var mend: String {
    switch self {
    case .port(let error): error.description
    case .silence:
      "Measure pin 2 against pin 1 (it wants +5 to +12 V), say which modem line drives it (enable=rts or enable=dtr), swap TX "
        + "and RX once, and ask your grid company whether the port is open."
    case .unheard: "Check the wire from the adapter's TX to pin 3, and that the adapter has RS-232 levels."
    case .echo: "Separate TX and RX, or switch the adapter's echo off."
    case .rate(let baud): "Put baud=\(baud) into the meter's address."
    case .noise: "Check the plug, the ground (pin 1) and that the adapter is an RS-232 one, not TTL."
    case .loss: "Press the plug home, shorten the cable, try another USB socket, and look at the bridge's load."
    case .weakEnable: "Drive ENABLE from a supply of its own (+5 to +12 V), or use a port with stronger modem lines."
    case .otherClient:
      "Stop the other program, unplug the other module, or use the meter's second MEP port if it has one."
    case .opticalSession: "Wait until the optical reading is over, and fasten the plug if there is none."
    case .needsTLS: "Leave --security out (or say --security tls)."
    case .noTLS:
      "Leave --security out: the meter is then asked by digests. What those cannot promise is in SECURITY.md."
    case .noLongerTLS: "It is not asked by digests. If you know why it is so, `mep forget` lets it be."
    case .refused: "Ask your grid company how this port is set up."
    case .brokenTLS: "Check the key first, then plug and cable, then look for a second client."
    case .wrongKey:
      "Compare the key in the file with what your grid company gave you, character by character, and the meter's number with "
        + "theirs."
    case .keyForm: "Leave only the first 16 characters in the file: more than 20 are taken for hexadecimal digits."
    case .level(.basic): "It is the MBK: leave --access out, or say --access mbk."
    case .level(.advanced): "It is the MAK: leave --access out, or say --access mak."
    case .other(let error): error.description
    }
  }
}
