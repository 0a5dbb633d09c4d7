// SPDX-License-Identifier: Apache-2.0

extension WebServer.Settings {
  /// Nil where it is off.
  init?(_ entry: Entry, meters: Int) {
    self.init()
    let fields = entry.fields("host", "port", "names", "path", "password_file", "open_metrics", "dabbler")
    if entry.isOff { return nil }
    if let text = fields["host"]!.text { host = text }
    if let number = fields["port"]!.number(0...65_535) { port = number }
    names = fields["names"]!.list.compactMap(\.text)
    if let text = fields["path"]!.text {
      path = text
      if !text.hasPrefix("/") || text.hasSuffix("/") {
        fields["path"]!.flaw("takes a path such as /mep: with a slash in front, and none behind.")
      }
    }
    passwordFile = fields["password_file"]!.text
    hasOpenMetrics = fields["open_metrics"]!.flag ?? false
    hasDabbler = fields["dabbler"]!.flag ?? false
    if hasDabbler, meters > 1 { fields["dabbler"]!.flaw("answers for one meter, and here are \(meters).") }
    if !isLocal, passwordFile == nil {
      fields["host"]!.flaw(
        "others can ask at \(host): this needs a password_file as well, which `mep config password` makes.")
    }
  }
}
