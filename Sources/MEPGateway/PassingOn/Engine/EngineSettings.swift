// SPDX-License-Identifier: Apache-2.0
import Foundation
import MEPTransport

extension EngineSink {
  /// A time-series engine, and how to write to it.
  public struct Settings: Sendable, Equatable {
    /// Which of its two doors.
    public enum API: String, CaseIterable, Sendable {
      /// `/write?db=`: InfluxDB 1, VictoriaMetrics, QuestDB, Telegraf.
      case v1
      /// `/api/v2/write?org=&bucket=`: InfluxDB 2 and 3.
      case v2
    }

    /// How an engine knows who writes. Secrets stand in files, which are read for each batch.
    public enum Access: Sendable, Equatable {
      case open
      case token(file: String)
      case password(user: String, file: String)

      /// Of its secret.
      public var file: String? {
        switch self {
        case .open: nil
        case .token(let file), .password(_, let file): file
        }
      }
    }

    /// What it is called here.
    public var name: String
    /// What stands before the path of the API, without a slash at its end.
    public var url: String
    public var api = API.v1
    public var database = "mep"
    public var org: String?
    public var bucket: String?
    public var access = Access.open
    public var measurement = "meter"
    /// A file of certificates to trust; those of the system where there is none.
    public var certificates: String?
    /// Whether it gets what was kept before it was named for the first time.
    public var wantsHistory = false

    /// How long an answer may take.
    var patience = Duration.seconds(30)
    /// From one look for what is new to the next.
    var interval = Duration.seconds(5)
    /// From one try to the next: twice as long each time.
    var pauses: ClosedRange<Duration> = .seconds(1) ... .seconds(60)

    public init(name: String, url: String) { (self.name, self.url) = (name, url) }

    var address: String {
      var query: [(String, String)]
      switch api {
      case .v1: query = [("db", database)]
      case .v2: query = [("org", org), ("bucket", bucket)].compactMap { name, value in value.map { (name, $0) } }
      }
      query.append(("precision", "ms"))
      return url + (api == .v1 ? "/write" : "/api/v2/write") + "?"
        + query.map { "\($0)=\(Self.encoded($1))" }.joined(separator: "&")
    }

    /// Nil where nothing is to be said of who writes.
    func authorization() throws(Unreadable) -> String? {
      switch access {
      case .open: nil
      case .token(let file): (api == .v1 ? "Bearer " : "Token ") + (try Self.secret(file))
      case .password(let user, let file): "Basic " + Data("\(user):\(try Self.secret(file))".utf8).base64EncodedString()
      }
    }

    /// A file that cannot be read.
    struct Unreadable: Error { let words: String }

    /// The first line of a file.
    private static func secret(_ path: String) throws(Unreadable) -> String {
      guard let secret = Files.firstLine(path) else {
        throw Unreadable(words: "\(path) cannot be read: \(String(cString: strerror(errno)))")
      }
      return secret
    }

    private static func encoded(_ text: String) -> String {
      text.addingPercentEncoding(withAllowedCharacters: plain) ?? text
    }

    private static let plain = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
  }
}
