// SPDX-License-Identifier: Apache-2.0
import Glibc
import MEP
import MEPTransport
import Synchronization
import Testing

@Suite struct CaptureTests {
  let folder = TemporaryFolder()

  private func content(_ path: String) -> [UInt8] { Files.octets(path) ?? [] }

  @Test func aRecordReadsBackAsItWasWritten() throws {
    let record = CaptureRecord(
      time: Instant(microseconds: 1_764_380_106_123_456), speaker: .meter, octets: [0, 9, 0x0B, 0xFF])
    #expect(record.line == #"{"from":"meter","octets":"00090bff","time":1764380106.123456}"#)
    #expect(CaptureRecord(line: record.line) == record)
    // Others may write it otherwise, and say more.
    let other = #"{"time": 1764380106.123456, "baud": 9600, "octets": "00 09 0B ff", "from": "meter"}"#
    #expect(CaptureRecord(line: other) == record)
  }

  @Test func everyTimeReadsBack() {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<2000 {
      let time = Instant(microseconds: Int64.random(in: 0...4_000_000_000_000_000, using: &random))
      let record = CaptureRecord(time: time, speaker: .client, octets: [1])
      #expect(CaptureRecord(line: record.line) == record)
    }
  }

  @Test(arguments: [
    "", "{}", "00 11 30", #"{"from":"meter","octets":"","time":1}"#, #"{"from":"meter","octets":"0","time":1}"#,
    #"{"from":"nobody","octets":"00","time":1}"#, #"{"from":"meter","octets":"00","time":1e300}"#,
    #"{"from":"meter","octets":"00"}"#, #"{"from":"meter","octets":"00","time":"1"}"#, "[1]", "null",
  ]) func whatIsNoRecordIsNone(line: String) {
    #expect(CaptureRecord(line: line) == nil)
  }

  @Test func aCaptureIsForItsOwnerAndOverwritesNothing() throws {
    let path = "\(folder.path)/a.mepcap"
    let file = try CaptureFile(path, .mepcap) { _ in Issue.record("it can be written") }
    // It is made with its first record.
    #expect(access(path, F_OK) != 0)
    let records = (0..<3).map { CaptureRecord(time: Instant(microseconds: $0), speaker: .client, octets: [UInt8($0)]) }
    for record in records { file.add(record) }
    file.close()
    file.add(records[0])
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    let lines = String(decoding: content(path), as: UTF8.self).split(separator: "\n")
    #expect(lines.compactMap { CaptureRecord(line: $0) } == records)
    let again = #expect(throws: CaptureProblem.self) { try CaptureFile(path, .mepcap) { _ in } }
    #expect(again?.description.contains("is there already") == true)
    let nowhere = #expect(throws: CaptureProblem.self) { try CaptureFile("\(folder.path)/no/a", .pcap) { _ in } }
    #expect(nowhere?.description.contains("cannot be written (No such file") == true)
  }

  @Test func whatIsNotWrittenIsSaidOnce() throws {
    let path = "\(folder.path)/gone/a.mepcap"
    mkdir("\(folder.path)/gone", 0o700)
    let problems = Mutex<[CaptureProblem]>([])
    let file = try CaptureFile(path, .mepcap) { problem in problems.withLock { $0.append(problem) } }
    rmdir("\(folder.path)/gone")
    for _ in 0..<3 { file.add(CaptureRecord(time: Instant(microseconds: 1), speaker: .client, octets: [1])) }
    #expect(problems.withLock { $0.map(\.description) }.count == 1)
  }

  @Test func packetsAreAsTheirReadersHaveThem() throws {
    let path = "\(folder.path)/a.pcap"
    let file = try CaptureFile(path, .pcap) { _ in Issue.record("it can be written") }
    let time = Instant(microseconds: 0x0102_0304 * 1_000_000 + 5)
    file.add(CaptureRecord(time: time, speaker: .meter, octets: [0, 0]))
    file.add(CaptureRecord(time: time, speaker: .client, octets: [0xEE]), isFrame: false)
    file.close()
    let header: [UInt8] = [
      0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 147, 0, 0, 0,
    ]
    let moment: [UInt8] = [4, 3, 2, 1, 5, 0, 0, 0]
    let first = moment + [3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0]
    let second = moment + [2, 0, 0, 0, 2, 0, 0, 0, 2, 0xEE]
    #expect(content(path) == header + first + second)
  }
}
