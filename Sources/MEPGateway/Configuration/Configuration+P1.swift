// SPDX-License-Identifier: Apache-2.0
import MEPTransport

extension P1Server.Settings {
  /// Nil where nothing is said of P1.
  ///
  /// - Parameter meters: nil where some of them are flawed, and so not known.
  init?(_ entry: Entry, _ meters: [Configuration.House]?) {
    guard entry.isThere else { return nil }
    let fields = entry.fields("port", "host", "meter")
    let (port, host, name) = (fields["port"]!.number(1...65_535), fields["host"]!.text, fields["meter"]!.text)
    if !fields["port"]!.isThere { entry.flaw("takes the port that readers connect to.") }
    if let host, !isInternetAddress(host) {
      fields["host"]!.flaw("takes an IP address of this computer, such as 127.0.0.1, and not \"\(host)\".")
    }
    guard let meters else { return nil }
    let names = meters.map(\.name).joined(separator: ", ")
    if name == nil, meters.count > 1 { entry.flaw("takes the meter that it tells of as well: one of \(names).") }
    guard let meter = meters.first(where: { name == nil || $0.name == name }) else {
      if let name, !meters.isEmpty { fields["meter"]!.flaw("there is no meter \"\(name)\": there are \(names).") }
      return nil
    }
    if meter.schedule.intervals[.present] == nil {
      entry.flaw("tells present values, and those of \(meter.name) are not read (present: off).")
    }
    self.init(meter: meter.name, port: port ?? 0)
    if let host { self.host = host }
  }
}
