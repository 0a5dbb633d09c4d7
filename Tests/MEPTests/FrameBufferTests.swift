// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport
import Testing

@Suite("Frame buffer") struct FrameBufferTests {
  static let answer = Array(GuideExample.named("second read").response.dropFirst(2))
  static let short = Array(GuideExample.named("Example 2").response.dropFirst(2))
  static let long = [UInt8](repeating: 0x5A, count: 476)

  private func expect(_ units: [Unit], give expected: [Unit], skipped: Int, _ comment: Comment? = nil) {
    for cut in FrameBufferVerifier.Cut.allCases {
      let result = FrameBufferVerifier(units: units).run(cut)
      #expect(result.units == expected, "\(comment ?? "") cut: \(cut)")
      #expect(result.skipped == skipped, "\(comment ?? "") cut: \(cut)")
    }
  }

  @Test func messagesAndAlertsComeOutInOrder() {
    let units: [Unit] = [
      .alert, .message(Self.answer), .alert, .alert, .message(Self.short), .message(Self.long), .message(Self.answer),
      .alert, .message(Self.long), .alert,
    ]
    expect(units, give: units, skipped: 0)
  }

  @Test(arguments: UInt8.min...UInt8.max) func aStrayOctetBeforeAnAnswerCostsNothingButItself(_ stray: UInt8) {
    for message in [Self.answer, Self.short, Self.long] {
      expect([.garbage([stray]), .message(message)], give: [.message(message)], skipped: 1, "stray \(stray)")
    }
  }

  @Test(arguments: UInt8.min...UInt8.max) func aStrayOctetBetweenAnswersCostsNothingButItself(_ stray: UInt8) {
    expect(
      [.message(Self.short), .garbage([stray]), .message(Self.answer)],
      give: [.message(Self.short), .message(Self.answer)], skipped: 1, "stray \(stray)")
  }

  @Test func aStrayZeroBeforeAnAnswerIsNoAlert() {
    expect([.garbage([0]), .message(Self.answer)], give: [.message(Self.answer)], skipped: 1)
  }

  @Test func threeZerosAreAnAlertAndAStrayZero() {
    expect([.alert, .garbage([0]), .message(Self.answer)], give: [.alert, .message(Self.answer)], skipped: 1)
  }

  @Test func zerosInsideGarbageAreNoAlert() {
    let garbage = hex("FF 00 00 41 00 00 00 00 7F")
    expect([.garbage(garbage), .message(Self.answer)], give: [.message(Self.answer)], skipped: garbage.count)
  }

  @Test func aLengthThatPromisesTooMuchOrTooLittleIsGarbage() {
    for length in [hex("00 01"), hex("00 08"), hex("01 DD"), hex("FF FF")] {
      expect([.garbage(length), .message(Self.answer)], give: [.message(Self.answer)], skipped: 2)
    }
  }

  @Test func aFrameCutShortDelaysTheNextButDoesNotHideIt() {
    let cut = Array(Frame.framed(Self.long).prefix(200))
    expect([.garbage(cut), .message(Self.answer)], give: [.message(Self.answer)], skipped: cut.count)
  }

  @Test(arguments: UInt64(1)...150) func whatComesOutDoesNotDependOnTheCuts(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var units: [Unit] = []
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      switch Int.random(in: 0..<4, using: &random) {
      case 0: units.append(.alert)
      case 1: units.append(.message(random.octets(in: 9...476)))
      case 2: units += [.garbage([0]), .message(random.octets(in: 9...60))]
      default:
        // Garbage that begins with two zeros would be an alert.
        units += [.garbage([UInt8.random(in: 1...255, using: &random)] + random.octets(in: 0...40))]
        units += [.message(random.octets(in: 9...476))]
      }
    }
    let verifier = FrameBufferVerifier(units: units, seed: seed)
    let expected = units.filter { if case .garbage = $0 { false } else { true } }
    let noise = units.reduce(0) { if case .garbage(let octets) = $1 { $0 + octets.count } else { $0 } }
    for cut in FrameBufferVerifier.Cut.allCases {
      let result = verifier.run(cut)
      #expect(result.units == expected, "seed \(seed), cut \(cut)")
      #expect(result.skipped == noise, "seed \(seed), cut \(cut)")
    }
  }

  @Test func babbleNeverFillsTheBuffer() {
    var random = SeededGenerator(seed: 1)
    var buffer = FrameBuffer(shortest: MessageLimit.shortestResponse)
    var skipped = 0
    var longest = 0
    for appended in 1...20_000 {
      // Lengths that are just possible keep the most octets waiting.
      buffer.append([appended % 3 == 0 ? 0x01 : UInt8(truncatingIfNeeded: random.next())])
      while buffer.next(patient: true, accept: { _ in false }) != .wait {}
      skipped += buffer.takeSkipped()
      longest = max(longest, appended - skipped)
    }
    #expect(longest <= MessageLimit.lengthField + MessageLimit.message)
  }

  @Test func clearingCountsWhatItThrowsAway() {
    var buffer = FrameBuffer(shortest: 9)
    buffer.append([1, 2, 3])
    buffer.clear()
    #expect(buffer.isEmpty)
    let skipped = [buffer.takeSkipped(), buffer.takeSkipped()]
    #expect(skipped == [3, 0])
  }

  @Test func anEchoIsDroppedWholeOrNotAtAll() {
    var buffer = FrameBuffer(shortest: 9)
    buffer.append([1, 2])
    #expect(buffer.begins([1, 2, 3]))
    #expect(!buffer.begins([1, 3, 3]))
    let early = buffer.drop(prefix: [1, 2, 3])
    buffer.append([3, 4])
    #expect(!buffer.begins([1, 2, 3]))
    let whole = buffer.drop(prefix: [1, 2, 3])
    let empty = buffer.drop(prefix: [])
    #expect([early, whole, empty] == [false, true, false])
    buffer.clear()
    let skipped = buffer.takeSkipped()
    #expect(skipped == 1)
  }
}
