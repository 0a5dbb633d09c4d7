// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct ConfigExample: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "example", abstract: "Prints a configuration to begin with: every setting, with what it is for.",
    discussion: """
      What begins with # is how it is where nothing is said.
        mep config example > mep.yaml
      """)

  func run() { Output.write(Self.text) }

  /// Settings that are commented out have no blank behind the #, or two.
  static let text = """
    # What `mep serve` goes by. `mep config check` looks through it; a SIGHUP has a gateway that runs read it again.
    # Spans are 500ms, 10s, 15m, 1h, 14d. Each setting can come from the environment instead, which goes before this file:
    # MEP_METERS_0_ADDRESS, MEP_MQTT_HOST.

    meters:
      # Letters, digits, - and _: it becomes part of topics and addresses.
      - name: house
        # serial:PATH?baud=9600&enable=rts|dtr|none, tcp://host:port, or sim:gen3?days=7 for a simulated meter.
        address: serial:/dev/ttyUSB0?enable=rts
        # Only its owner may read it (chmod 600). A systemd credential mep.key does instead.
        key_file: /etc/mep/house.key
        # The level of the key: mbk or mak. Found out where it is not said.
    #    access: mbk
        # auto, digest, encrypted or tls.
    #    security: auto
        # How far back the load profile is filled in at first: all of it, or 90d.
    #    history: all
        # How often what is read; off for never. The guide asks for no more than about one table a second.
    #    every:
    #      present: 1s
    #      totals: 10s
    #      registers: 15m
    #      clock: 1h
    #      quality: 15m
    #      events: 15m
    #      outages: 1h
    #      profile: 15m
    #      self_reads: 6h

    # The house's, for days and for meters that tell local time: this computer's where it is not said.
    #time_zone: Europe/Copenhagen

    #store:
    # Beside the program's other things ($STATE_DIRECTORY, or ~/.local/state/mep) where it is not said.
    #  path: /var/lib/mep/mep.db
    # How long each reading is kept, then minutes; quarters of an hour stay for ever.
    #  readings: 14d
    #  minutes: 400d
    # How often the disk is written to.
    #  commit: 10s

    # HTTP. `web: off` does without.
    #web:
    #  host: 127.0.0.1
    #  port: 8337
    # Needed where host is another one; `mep config password` makes its lines.
    #  password_file: /etc/mep/web.passwords
    # By which names it is asked, beside numbers, localhost and this computer's name.
    #  names: [meter.example]
    # Where a proxy leaves it in front.
    #  path: /mep
    # /metrics without a password.
    #  open_metrics: false
    # /getDashDataWS as Dabbler's module answers it.
    #  dabbler: false

    # MQTT, with Home Assistant's discovery.
    #mqtt:
    #  host: localhost
    #  port: 1883
    #  user: mep
    #  password_file: /etc/mep/mqtt.password
    #  tls: false
    #  client_id: mep
    # 5 or 3.1.1; by libmosquitto's version where it is not said.
    #  version: 3.1.1
    #  topic: mep
    #  discovery: homeassistant
    #  dabbler: off

    # P1 telegrams, for readers of Dutch meters. Whoever can connect can read.
    #p1:
    #  port: 2001
    #  host: 127.0.0.1

    # Time-series engines that take line protocol: InfluxDB, VictoriaMetrics, QuestDB, Telegraf.
    #engines:
    #  - url: http://localhost:8428
    #    api: v1
    #    database: mep
    #    measurement: meter
    #    history: false

    # What electricity costs, part by part: Documentation/Costs.md. The amounts are made up.
    #costs:
    #  currency: DKK
    #  versions:
    #    - from: 2026-01-01
    #      import:
    #        - {name: energy, per_kwh: 1.00}
    #        - {name: VAT, percent: 25}

    """
}
