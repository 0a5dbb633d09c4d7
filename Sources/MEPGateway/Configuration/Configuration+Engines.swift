// SPDX-License-Identifier: Apache-2.0
import Foundation

extension EngineSink.Settings {
  /// The engines of a list; two of one name are a flaw.
  static func all(_ entry: Entry) -> [EngineSink.Settings] {
    var engines: [EngineSink.Settings] = []
    for element in entry.list {
      guard let engine = EngineSink.Settings(element) else { continue }
      if engines.contains(where: { $0.name == engine.name }) {
        element.flaw("two engines are called \"\(engine.name)\": give one of them another name:.")
      }
      engines.append(engine)
    }
    return engines
  }

  private init?(_ entry: Entry) {
    let fields = entry.fields(
      "url", "api", "database", "org", "bucket", "token_file", "user", "password_file", "measurement", "certificates",
      "history", "name")
    guard let text = fields["url"]!.text, let url = URLComponents(string: text), let host = url.host, !host.isEmpty,
      let scheme = url.scheme, ["http", "https"].contains(scheme), url.query == nil, url.fragment == nil
    else {
      // What was written is not shown: there may be a password in it.
      (fields["url"]!.isThere ? fields["url"]! : entry).flaw("takes the address of an engine: url: http://host:8428")
      return nil
    }
    let port = url.port ?? (scheme == "https" ? 443 : 80)
    self.init(
      name: fields["name"]!.text ?? "\(host):\(port)", url: String(text.reversed().drop { $0 == "/" }.reversed()))
    if url.user != nil || url.password != nil {
      fields["url"]!.flaw("takes no password: user: and password_file: do.")
    }
    if url.path.hasSuffix("/write") || url.path.hasSuffix("/write/") {
      fields["url"]!.flaw("ends before /write or /api/v2/write, which api: stands for.")
    }
    api = fields["api"]!.one(of: API.self) ?? .v1
    if let name = fields["database"]!.text {
      if api == .v2 { fields["database"]!.flaw("is for api: v1; with v2 it is a bucket.") }
      database = name
    }
    (org, bucket) = (fields["org"]!.text, fields["bucket"]!.text)
    if api == .v1 {
      for name in ["org", "bucket"] where fields[name]!.isThere { fields[name]!.flaw("needs api: v2 as well.") }
    } else if bucket == nil, !fields["bucket"]!.isThere {
      entry.flaw("api: v2 needs a bucket.")
    }
    if let file = fields["token_file"]!.text {
      access = .token(file: file)
      if fields["user"]!.isThere { fields["user"]!.flaw("a token needs no user.") }
    } else if let user = fields["user"]!.text, let file = fields["password_file"]!.text {
      access = .password(user: user, file: file)
    } else {
      for (name, other) in [("user", "password_file"), ("password_file", "user")]
      where fields[name]!.isThere && !fields[other]!.isThere {
        fields[name]!.flaw("needs \(other): as well.")
      }
    }
    if let name = fields["measurement"]!.text {
      if name.contains(where: { $0.isNewline || $0 == "\\" || $0 == "\"" }) || name.hasPrefix("#") {
        fields["measurement"]!.flaw("takes a name without \\, \" and line breaks, and no # in front.")
      }
      measurement = name
    }
    certificates = fields["certificates"]!.text
    if certificates != nil, scheme == "http" { fields["certificates"]!.flaw("needs https:// as well.") }
    wantsHistory = fields["history"]!.flag ?? false
  }
}
