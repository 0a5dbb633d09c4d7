// SPDX-License-Identifier: Apache-2.0

extension MQTTSink.Settings {
  /// Nil where nothing is said of a broker.
  ///
  /// - Parameter meters: how many there are.
  init?(_ entry: Entry, meters: Int) {
    guard entry.isThere else { return nil }
    let fields = entry.fields(
      "host", "port", "client_id", "user", "password_file", "version", "tls", "certificates", "topic", "discovery",
      "dabbler")
    guard let host = fields["host"]!.text else {
      if !fields["host"]!.isThere { entry.flaw("takes the host of a broker.") }
      return nil
    }
    let usesTLS = fields["tls"]!.flag ?? false
    var broker = MQTTClient.Settings(
      host: host, port: fields["port"]!.number(1...65_535) ?? (usesTLS ? 8883 : 1883),
      clientID: fields["client_id"]!.text ?? "mep")
    (broker.usesTLS, broker.certificates) = (usesTLS, fields["certificates"]!.text)
    (broker.user, broker.passwordFile) = (fields["user"]!.text, fields["password_file"]!.text)
    if broker.passwordFile != nil, broker.user == nil { fields["password_file"]!.flaw("needs a user as well.") }
    if broker.certificates != nil, !usesTLS { fields["certificates"]!.flaw("needs tls: true as well.") }
    broker.isVersion5 = fields["version"]!.one(of: Version.self).map { $0 == .five }
    self.init(broker)
    if let topic = Self.topic(fields["topic"]!) { base = topic }
    dabbler = Self.topic(fields["dabbler"]!)
    if dabbler != nil, meters > 1 { fields["dabbler"]!.flaw("has topics for one meter, and here are \(meters).") }
    if fields["discovery"]!.isOff {
      discovery = nil
    } else if let prefix = Self.topic(fields["discovery"]!) {
      discovery = prefix
    }
  }

  static func topic(_ entry: Entry) -> String? {
    guard let topic = entry.text, !entry.isOff else { return nil }
    if entry.isOn { entry.flaw("takes a topic, such as mymeter.") }
    if topic.contains(where: { "#+\0".contains($0) || $0.isWhitespace }) || topic.hasPrefix("/") || topic.hasSuffix("/")
      || topic.hasPrefix("$")
    {
      entry.flaw("takes a topic without wildcards and blanks, without a slash at either end, and without $ in front.")
    }
    return topic
  }

  private enum Version: String, CaseIterable {
    case five = "5"
    case three = "3.1.1"
  }
}
