// SPDX-License-Identifier: Apache-2.0
import MEPClient
import Testing

@testable import MEPGateway

@Suite struct ConfigurationTests {
  private func read(_ text: String) throws(ConfigurationFlaws) -> Configuration {
    try Configuration(text, file: "mep.yaml", folder: "/var/lib/mep")
  }

  private func flaws(_ text: String) -> [String] {
    do throws(ConfigurationFlaws) { _ = try read(text) } catch { return error.flaws.map(\.description) }
    return []
  }

  @Test func aHouseIsFewLines() throws {
    let configuration = try read(
      """
      meters:
        - name: house
          address: serial:/dev/ttyUSB0?enable=rts
          key_file: /etc/mep/house.key
      """)
    let house = try #require(configuration.meters.first)
    #expect(house.name == "house" && house.keyFile == "/etc/mep/house.key" && house.security == .auto)
    #expect("\(house.address)" == "serial:/dev/ttyUSB0?enable=rts")
    #expect(house.access == nil && house.schedule == Schedule())
    #expect(configuration.storePath == "/var/lib/mep/mep.db" && configuration.commit == 10_000)
  }

  @Test func everythingCanBeSaid() throws {
    let configuration = try read(
      """
      # Two of them.
      meters:
        - {name: house, address: "tcp://bridge:4001", access: mak, security: digest}
        - name: barn
          address: sim:gen3
          every:
            present: 5s
            totals: 1m
            quality: off
      store:
        path: /data/meters.db
        readings: 7d
        minutes: 90d
        commit: 30s
      time_zone: Europe/Vienna
      """)
    #expect(configuration.meters.map(\.name) == ["house", "barn"])
    #expect(configuration.meters[0].access == .advanced && configuration.meters[0].security == .digest)
    let every = configuration.meters[1].schedule.intervals
    #expect(every[.present] == 5000 && every[.totals] == 60_000 && every[.quality] == nil && every[.clock] == 3_600_000)
    #expect(configuration.storePath == "/data/meters.db" && configuration.commit == 30_000)
    #expect(configuration.retention.readings == 7 * 24 * hour && configuration.retention.minutes == 90 * 24 * hour)
    #expect(configuration.zone.identifier == "Europe/Vienna")
  }

  /// What stands in a file is not told, only where it is wrong: somebody may have written a password there.
  @Test func aFileIsNotShown() {
    let flaws = flaws("meters: [{name: house, address: sim:gen3}]\nmqtt:\n  host: a\n  password: secret\n  host: b\n")
    #expect(flaws == ["mep.yaml:3: host stands there twice."])
    #expect(
      self.flaws("meters: [{name: house, address: sim:gen3}]\nmqtt: {host: a, topic: $SYS/x, discovery: a/#}").count
        == 2)
  }

  private func flaws(_ text: String, _ environment: [String: String]) -> [String] {
    do throws(ConfigurationFlaws) {
      _ = try Configuration(text, file: "mep.yaml", folder: "/var/lib/mep", environment: environment)
    } catch { return error.flaws.map(\.description) }
    return []
  }

  /// The environment alone, and before what the file says.
  @Test func theEnvironmentGoesFirst() throws {
    let alone = try Configuration(
      "", file: "the environment", folder: "/data",
      environment: [
        "MEP_METERS_0_NAME": "house", "MEP_METERS_0_ADDRESS": "tcp://bridge:4001", "MEP_METERS_0_EVERY_PRESENT": "5s",
        "MEP_METERS_1_NAME": "barn", "MEP_METERS_1_ADDRESS": "sim:gen3", "MEP_METERS_1_EVERY_QUALITY": "off",
        "MEP_MQTT_HOST": "broker", "MEP_WEB_NAMES": "a.example, b.example", "MEP_TIME_ZONE": "Europe/Vienna",
        "MEP_METERS_0_HISTORY": "90d", "MEP_KEY_FILE": "/etc/key", "HOME": "/root",
      ])
    #expect(alone.meters.map(\.name) == ["house", "barn"] && alone.meters[0].schedule.intervals[.present] == 5000)
    #expect(alone.meters[0].history == 90 * 24 * hour && alone.meters[1].history == nil)
    #expect(alone.meters[1].schedule.intervals[.quality] == nil)
    #expect(alone.mqtt?.broker.host == "broker" && alone.web?.names == ["a.example", "b.example"])
    #expect(alone.zone.identifier == "Europe/Vienna")
    let both = try Configuration(
      "meters: [{name: house, address: sim:gen3, history: all}]\nmqtt: {host: a, user: u, password_file: p}\nweb: off",
      file: "mep.yaml", folder: "/data",
      environment: [
        "MEP_MQTT_HOST": "b", "MEP_METERS_0_ADDRESS": "sim:gen4", "MEP_MQTT_USER": "", "MEP_WEB_PORT": "8000",
      ])
    #expect(both.mqtt?.broker.host == "b" && both.mqtt?.broker.user == "u" && both.web == nil)
    #expect("\(both.meters[0].address)" == "sim:gen4")
  }

  @Test func theEnvironmentsFlawsHaveItsNames() {
    let house = "meters: [{name: house, address: sim:gen3}]"
    #expect(flaws(house, ["MEP_WEB_PORT": "99999"]) == ["MEP_WEB_PORT: takes 0 to 65535, and not \"99999\"."])
    #expect(
      flaws(house, ["MEP_MQTT_HSOT": "x", "MEP_MQTT_HOST": "b"]).map { $0.prefix(33) }
        == ["MEP_MQTT_HSOT: is not known here:"])
    #expect(flaws("", ["MEP_METERS_1_NAME": "a"]).count > 0)
    #expect(
      flaws(house, ["MEP_METERS_0_HISTORY": "never"]).first?.hasPrefix("MEP_METERS_0_HISTORY: takes a span") == true)
  }

  @Test func allThatIsWrongIsToldWithItsLine() {
    let told = flaws(
      """
      meters:
        - name: my house
          address: seriell:/dev/ttyUSB0
          securty: tls
        - name: barn
          every:
            present: often
            tea: 5m
      store:
        commit: 3
        readings: 1m
      time_zone: Copenhagen
      """)
    #expect(told.count == 9)
    for (line, words) in [
      (2, "letters, digits"), (3, "meters[0].address"), (4, "meters[0].securty is not known here"),
      (5, "a meter has a name and an address"), (10, "500ms, 10s"), (11, "1h to 3650d"), (12, "Europe/Copenhagen"),
    ] {
      #expect(told.contains { $0.hasPrefix("mep.yaml:\(line): ") && $0.contains(words) }, "\(line) \(words) \(told)")
    }
  }

  @Test func whatIsNoListOrNoYAMLIsNamed() {
    #expect(flaws("meters: house") == ["mep.yaml:1: meters: takes a list: lines that begin with a dash."])
    #expect(flaws("meters:\n  - name: [").first?.hasPrefix("mep.yaml:") == true)
    #expect(flaws("").first?.contains("no meter is named") == true)
    #expect(flaws("- 1").first?.contains("takes names with values") == true)
    #expect(
      flaws("meters:\n- {name: a, address: 'sim:gen3'}\n- {name: a, address: 'sim:gen4'}").first?.contains("two meters")
        == true)
  }

  private static let house = "meters: [{name: house, address: 'sim:gen3'}]\n"

  @Test func enginesAreNamed() throws {
    let engines = try read(
      Self.house + """
        engines:
          - url: http://nas:8428/
          - url: https://vm/insert/0/influx
            user: mep
            password_file: /etc/mep/vm
          - {url: "http://[::1]:8086", api: v2, org: my home, bucket: meters, token_file: /etc/mep/token, name: influx,
             measurement: power, history: true}
        """
    ).engines
    #expect(engines.map(\.name) == ["nas:8428", "vm:443", "influx"])
    #expect(
      engines.map(\.address) == [
        "http://nas:8428/write?db=mep&precision=ms", "https://vm/insert/0/influx/write?db=mep&precision=ms",
        "http://[::1]:8086/api/v2/write?org=my%20home&bucket=meters&precision=ms",
      ])
    #expect(
      engines.map(\.access) == [
        .open, .password(user: "mep", file: "/etc/mep/vm"), .token(file: "/etc/mep/token"),
      ])
    #expect(engines.map(\.wantsHistory) == [false, false, true] && engines[2].measurement == "power")
  }

  @Test func whatIsWrongWithAnEngineIsToldWithItsLine() {
    let told = flaws(
      Self.house + """
        engines:
          - url: http://me:secret@nas:8428
          - url: nas:8428
          - {url: "http://a:1", api: v2}
          - {url: "http://a:2", bucket: meters}
          - {url: "http://a:3", user: me}
          - {url: "http://a:4", certificates: /etc/ca.pem}
          - {url: "http://a:5/api/v2/write"}
          - {url: "http://a:6", user: me, token_file: /etc/token}
          - {url: "http://b:1"}
          - {url: "http://b:1"}
          - {database: meters}
        """)
    for (line, words) in [
      (3, "password_file"), (4, "http://host:8428"), (5, "needs a bucket"), (6, "needs api: v2"),
      (7, "needs password_file"), (8, "needs https://"), (9, "ends before"), (10, "no user"),
      (12, "two engines are called \"b:1\""), (13, "takes the address of an engine"),
    ] {
      #expect(told.contains { $0.hasPrefix("mep.yaml:\(line): ") && $0.contains(words) }, "\(line) \(words) \(told)")
    }
    #expect(told.count == 10 && !told.joined().contains("secret"))
  }

  @Test func aPortForP1IsOfOneMeter() throws {
    let one = "meters:\n- {name: house, address: 'sim:gen3'}\n"
    let two = one + "- {name: barn, address: 'sim:gen4', every: {present: off}}\n"
    #expect(try read(one).p1 == nil)
    var settings = P1Server.Settings(meter: "house", port: 2001)
    #expect(try read(one + "p1: {port: 2001}").p1 == settings)
    settings.host = "0.0.0.0"
    #expect(try read(two + "p1: {port: 2001, host: 0.0.0.0, meter: house}").p1 == settings)
    for (text, flaw) in [
      (one + "p1: {host: 127.0.0.1}", "mep.yaml:3: p1: takes the port"),
      (one + "p1:\n  port: 70000", "mep.yaml:4: p1.port: takes 1 to 65535"),
      (one + "p1:\n  port: 2001\n  host: localhost", "mep.yaml:5: p1.host: takes an IP address"),
      (one + "p1:\n  port: 2001\n  meter: barn", "mep.yaml:5: p1.meter: there is no meter \"barn\": there are house"),
      (one + "p1:\n  prt: 2001", "mep.yaml:4: p1.prt is not known here"),
      (two + "p1: {port: 2001}", "mep.yaml:4: p1: takes the meter that it tells of as well: one of house, barn"),
      (two + "p1: {port: 2001, meter: barn}", "mep.yaml:4: p1: tells present values, and those of barn are not read"),
    ] {
      #expect(flaws(text).contains { $0.hasPrefix(flaw) }, "\(flaw) \(flaws(text))")
    }
  }

  @Test func dabblersTopicsAreOfOneMeter() throws {
    let one = "meters:\n- {name: house, address: 'sim:gen3'}\n"
    #expect(try read(one + "mqtt: {host: broker, dabbler: my/meter}").mqtt?.dabbler == "my/meter")
    #expect(try read(one + "mqtt: {host: broker}").mqtt?.dabbler == nil)
    let wild = flaws(one + "mqtt:\n  host: broker\n  dabbler: my/#\n  topic: mep/")
    #expect(
      wild.count == 2 && wild.first?.hasPrefix("mep.yaml:5: mqtt.dabbler: takes a topic without wildcards") == true)
    let two = flaws(one + "- {name: barn, address: 'sim:gen4'}\nmqtt:\n  host: broker\n  dabbler: mine")
    #expect(two == ["mep.yaml:6: mqtt.dabbler: has topics for one meter, and here are 2."])
  }
}
