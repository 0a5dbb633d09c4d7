// SPDX-License-Identifier: Apache-2.0
import Foundation
import MEP
import MEPClient
import MEPTransport

/// What the owner says of a gateway: one YAML file, or the environment, or both.
public struct Configuration: Sendable {
  public var meters: [House] = []
  public var storePath: String
  public var retention = Store.Retention()
  /// Milliseconds from one write to the disk to the next.
  public var commit: Int64 = 10_000
  public var zone: TimeZone = .current
  /// Nil where nothing is passed on by MQTT.
  public var mqtt: MQTTSink.Settings?
  /// Nil where nothing is answered over HTTP.
  public var web: WebServer.Settings? = WebServer.Settings()
  /// The time-series engines that it is passed on to.
  public var engines: [EngineSink.Settings] = []
  /// Nil where nobody is told by P1 telegrams.
  public var p1: P1Server.Settings?
  /// Nil where nothing is said of what electricity costs.
  public var costs: CostSettings?

  private var places: [String: ConfigurationFlaw] = [:]

  private static let sections = ["meters", "store", "time_zone", "mqtt", "web", "p1", "engines", "costs"]

  /// One meter.
  public struct House: Sendable {
    public let name: String
    public let address: MeterAddress
    /// The path of a key file.
    public let keyFile: String?
    public let access: AccessLevel?
    public let security: Security
    public let schedule: Schedule
    /// How far back the load profile is read at first, in milliseconds; nil for all of it.
    public let history: Int64?
  }

  /// Nothing is said but where to keep what is read.
  public init(storePath: String) { self.storePath = storePath }

  /// - Parameters:
  ///   - text: YAML.
  ///   - file: its name, for what is wrong with it.
  ///   - folder: where the gateway keeps its things, if the file does not say.
  ///   - environment: MEP_MQTT_HOST goes before mqtt: host: in the file.
  ///   - needsMeters: whether it is a flaw that it says nothing of meters.
  public init(
    _ text: String, file: String, folder: String, environment: [String: String] = [:], needsMeters: Bool = true
  ) throws(ConfigurationFlaws) {
    let notes = Entry.Notes(file: file, environment: environment)
    let top = Entry(text, notes).fields(Self.sections)
    storePath = folder + "/mep.db"
    let store = top["store"]!.fields("path", "readings", "minutes", "commit")
    if let path = store["path"]!.text { storePath = path }
    let day: Int64 = 86_400_000
    if let span = store["readings"]!.span(day / 24...3650 * day) { retention.readings = span }
    if let span = store["minutes"]!.span(day...36_500 * day) { retention.minutes = span }
    if let span = store["commit"]!.span(1000...600_000) { commit = span }
    if let zone = top["time_zone"]!.zone { self.zone = zone }
    let houses = top["meters"]!.list
    meters = houses.compactMap { House($0) }
    mqtt = MQTTSink.Settings(top["mqtt"]!, meters: houses.count)
    p1 = P1Server.Settings(top["p1"]!, meters.count == houses.count ? meters : nil)
    web = WebServer.Settings(top["web"]!, meters: houses.count)
    engines = EngineSink.Settings.all(top["engines"]!)
    costs = CostSettings(top["costs"]!, in: zone, hasBroker: top["mqtt"]!.isThere)
    let names = meters.map(\.name)
    for name in Set(names) where names.count(where: { $0 == name }) > 1 {
      top["meters"]!.flaw("two meters are called \"\(name)\".")
    }
    if meters.isEmpty, notes.flaws.isEmpty, needsMeters || top["meters"]!.isThere {
      notes.note("no meter is named: meters: with a name and an address each.", at: nil)
    }
    notes.noteUnknown(in: Self.sections)
    places = notes.places
    guard notes.flaws.isEmpty else { throw ConfigurationFlaws(notes.flaws) }
  }

  /// What is wrong with something that a text of it leads to, such as a file.
  public func flaw(_ words: String, of text: String) -> ConfigurationFlaw {
    places[text]?.with(words) ?? ConfigurationFlaw(file: text, line: nil, words: words)
  }
}

extension Configuration.House {
  fileprivate init?(_ entry: Entry) {
    let fields = entry.fields("name", "address", "key_file", "access", "security", "every", "history")
    let schedule = Schedule(fields["every"]!)
    if let name = fields["name"]!.text,
      !name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") })
    {
      fields["name"]!.flaw("takes letters, digits, - and _: it becomes part of topics and addresses.")
    }
    let address: MeterAddress
    guard let name = fields["name"]!.text, let text = fields["address"]!.text else {
      if !fields["name"]!.isThere || !fields["address"]!.isThere { entry.flaw("a meter has a name and an address.") }
      return nil
    }
    do throws(MeterAddressError) { address = try MeterAddress(text) } catch {
      fields["address"]!.flaw(error.description)
      return nil
    }
    if case .gateway = address { fields["address"]!.flaw("a gateway cannot read by a gateway: give the line itself.") }
    self.init(
      name: name, address: address, keyFile: fields["key_file"]!.text,
      access: fields["access"]!.one(of: KeyLevel.self)?.level,
      security: fields["security"]!.one(of: Security.self) ?? .auto,
      schedule: schedule,
      history: fields["history"]!.isAll ? nil : fields["history"]!.span(3_600_000...3650 * 86_400_000))
  }
}

extension Schedule {
  /// "off" leaves a job out.
  fileprivate init(_ entry: Entry) {
    self.init()
    let jobs = Job.allCases.map(\.rawValue)
    for (name, field) in entry.fields(jobs) where field.isThere {
      guard let job = Job(rawValue: name) else { continue }
      if field.isOff {
        intervals[job] = nil
      } else if let span = field.span((job == .present ? 500 : job == .totals ? 1000 : 60_000)...7 * 86_400_000) {
        intervals[job] = span
      }
    }
  }
}
