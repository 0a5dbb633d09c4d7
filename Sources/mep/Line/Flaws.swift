// SPDX-License-Identifier: Apache-2.0
import MEPClient

/// What a whole capture lacked.
struct Flaws {
  private var frames = 0
  private var verified = 0
  private var wrong = 0
  private var broken = 0

  init() {}

  /// Of a line that was listened to.
  init(_ summary: LineMonitor.Summary) {
    frames = summary.requests + summary.responses + summary.alerts + summary.broken
    (verified, wrong, broken) = (summary.verified, summary.wrong, summary.broken)
  }

  var isEmpty: Bool { frames == 0 }

  mutating func note(_ entry: Transcript.Entry) {
    frames += 1
    if case .broken = entry { broken += 1 }
    if entry.verdict == .wrong { wrong += 1 }
    if entry.verdict == .verified { verified += 1 }
  }

  func judge(_ file: String) throws {
    if frames == 0 { throw Failure(.wrongUse, "\(file) holds no frames: one a line, in hexadecimal, or a .mepcap.") }
    if wrong > 0, verified == 0 {
      throw Failure(.keyNotAccepted, "No digest is right under this key: it is not the key of this meter.")
    }
    if wrong + broken > 0 {
      let flaws = [(wrong, "wrong digest"), (broken, "damaged or not MEP")].filter { $0.0 > 0 }
      throw Failure(
        .brokenProtocol,
        "Not decoded: \(wrong + broken) of \(frames) frames ("
          + flaws.map { "\($1): \($0)" }.joined(separator: ", ") + "). What is printed for each says why.")
    }
  }
}
