// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import MEP
import MEPClient
import MEPTransport

struct Monitor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Listens to the line between a meter and a module: every exchange decoded, with its times.",
    discussion: """
      Two serial ports, of which only the receiving pin is wired: the first hears
      what the module sends (the port's pin 3), the second what the meter sends
      (pin 4); both share the ground (pin 1). Nothing is ever sent. Ctrl-C ends it
      and sums up.
        mep monitor serial:/dev/ttyUSB0 serial:/dev/ttyUSB1 --save a.mepcap
      Or a capture, which is shown in the same way:
        mep monitor a.mepcap --key-file mbk --pcap a.pcap
      A key verifies the digests and opens what is encrypted or in TLS. What is saved
      holds digests: show it only to whom you would show the key.
      """)

  @Argument(
    help: ArgumentHelp(
      "The port that hears the module and the one that hears the meter; or a capture.", valueName: "line"))
  var lines: [String]

  @OptionGroup var options: TranscriptOptions

  @Option(help: ArgumentHelp("Write what is heard to a new .mepcap file.", valueName: "file"))
  var save: String?

  @Option(
    help: ArgumentHelp(
      "Write the frames to a new file for Wireshark; Wireshark/osgp-mep.lua in the repository names what is in them.",
      valueName: "file"))
  var pcap: String?

  func validate() throws {
    guard (1...2).contains(lines.count) else {
      throw Failure(.wrongUse, "Name two serial ports, or one capture: see `mep monitor --help`.")
    }
    if lines.count == 1, save != nil {
      throw Failure(.wrongUse, "--save is for what is heard: a capture is there already.")
    }
    if lines.count == 1, (try? MeterAddress(lines[0])) != nil {
      throw Failure(.wrongUse, "A line has two wires: name the port that hears the meter as well.")
    }
    _ = try ports()
  }

  func run() async throws {
    let (key, dimensions) = (try options.key(), try options.dimensions())
    guard lines.count == 2 else {
      var report = LineReport(options, LineMonitor(key: key, dimensions: dimensions, baud: 0))
      report.packets = try pcap.map { try CaptureFile.made($0, .pcap) }
      try Lines.each(of: lines[0]) { report.take(line: $1, $0) }
      return try report.end(lines[0])
    }
    let (ports, baud) = try ports()
    // One for all that is shown and saved, though the time of day be set meanwhile.
    let offset = Instant.untilTimeOfDay()
    var report = LineReport(options, LineMonitor(key: key, dimensions: dimensions, baud: baud), offset: offset)
    report.packets = try pcap.map { try CaptureFile.made($0, .pcap) }
    let capture = try save.map { try CaptureFile.made($0, .mepcap) }
    let links = try await open(ports)
    defer { for link in links { link.close() } }
    Exit.complain("Listening to \(links[0]) (the module) and \(links[1]) (the meter). Ctrl-C ends it.")
    let listener = Listener(report, capture, offset)
    do { try await Interrupt.goOn { try await listener.listen(to: links) } } catch {
      await listener.finish()
      throw error
    }
    await listener.finish()
  }

  private func ports() throws -> (ports: [MeterAddress], baud: Int) {
    guard lines.count == 2 else { return ([], 0) }
    var ports: [MeterAddress] = []
    for line in lines {
      do throws(MeterAddressError) { ports.append(try MeterAddress(line)) } catch {
        throw Failure(.wrongUse, error.description)
      }
      if case .sim? = ports.last {
        throw Failure(.wrongUse, "A simulated meter inside this program has no line to listen to.")
      }
    }
    if case .serial(_, let baud, _) = ports[0] { return (ports, baud) }
    return (ports, 9600)
  }

  private func open(_ ports: [MeterAddress]) async throws -> [any Link] {
    var links: [any Link] = []
    do throws(LinkError) {
      for port in ports { links.append(try await port.connect()) }
      return links
    } catch {
      for link in links { link.close() }
      throw error
    }
  }
}

/// Hears both wires, one thing after the other.
private actor Listener {
  private var report: LineReport
  private let capture: CaptureFile?
  private let offset: Instant.Span

  init(_ report: LineReport, _ capture: CaptureFile?, _ offset: Instant.Span) {
    self.report = report
    self.capture = capture
    self.offset = offset
  }

  nonisolated func listen(to links: [any Link]) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (speaker, link) in zip(Speaker.allCases, links) {
        group.addTask {
          while true {
            let octets = try await link.receive(until: nil)
            let now = Instant.now()
            // Two adapters are not equally fast: a question goes before its answer.
            if speaker == .meter { try await Instant.sleep(until: now + Self.hold) }
            await self.hear(octets, speaker, at: now)
          }
        }
      }
      group.addTask {
        while true {
          try await Instant.sleep(until: .now() + .milliseconds(50))
          await self.advance()
        }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  func finish() {
    report.finish(at: .now())
    capture?.close()
  }

  /// As long as USB adapters usually keep octets back, and shorter than the shortest request at 9600 baud.
  private static let hold = Instant.Span.milliseconds(16)

  private func hear(_ octets: [UInt8], _ speaker: Speaker, at now: Instant) {
    capture?.add(CaptureRecord(time: now + offset, speaker: speaker, octets: octets))
    report.take(octets, from: speaker, at: now)
  }

  private func advance() { report.advance(to: .now()) }
}

extension CaptureFile {
  /// What keeps it from being whole is said on standard error.
  static func made(_ path: String, _ form: Form) throws -> CaptureFile {
    do throws(CaptureProblem) {
      return try CaptureFile(path, form) { Exit.complain($0.description) }
    } catch { throw Failure(.wrongUse, error.description) }
  }
}
