// SPDX-License-Identifier: Apache-2.0

/// Repeatable chance: a value depends on the seed, the topic and the index only, never on what was asked before.
struct Noise: Sendable {
  /// What the chance is about, so that one topic tells nothing about another.
  enum Topic: UInt64 {
    case house, plan, second, clouds, background, voltage, angle, frequency, device
  }

  let seed: UInt64

  /// 64 even bits; `lane` tells apart the phases of one topic.
  func bits(_ topic: Topic, lane: UInt64 = 0, _ index: Int64) -> UInt64 {
    mixed(mixed(seed &+ (topic.rawValue * 4 + lane) &* 0xd134_2543_de82_ef95) ^ UInt64(bitPattern: index))
  }

  /// A slow, continuous walk between −1 and 1: straight lines between chance values that are `period` seconds apart.
  func wander(_ topic: Topic, lane: UInt64 = 0, at second: Int64, every period: Int64) -> Double {
    let (index, rest) = second.floored(by: period)
    let here = signed(bits(topic, lane: lane, index))
    let next = signed(bits(topic, lane: lane, index + 1))
    return here + (next - here) * Double(rest) / Double(period)
  }

  /// Such a walk for each of the three phases.
  func wanders(_ topic: Topic, at second: Int64, every period: Int64) -> SIMD3<Double> {
    SIMD3(
      wander(topic, lane: 0, at: second, every: period), wander(topic, lane: 1, at: second, every: period),
      wander(topic, lane: 2, at: second, every: period))
  }

  private func signed(_ bits: UInt64) -> Double { Double(bits >> 11) * 0x1p-52 - 1 }
}

/// The chances of one day, drawn one after another.
struct Dice: Sendable {
  private var state: UInt64

  init(_ noise: Noise, _ topic: Noise.Topic, _ index: Int64) { state = noise.bits(topic, index) }

  /// An even chance value in 0..<1.
  mutating func roll() -> Double {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Double(mixed(state) >> 11) * 0x1p-53
  }

  /// An even chance value within a range.
  mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * roll() }

  /// Whether something of this probability happens.
  mutating func happens(_ probability: Double) -> Bool { roll() < probability }
}

/// The finaliser of SplitMix64.
private func mixed(_ value: UInt64) -> UInt64 {
  var bits = value &+ 0x9e37_79b9_7f4a_7c15
  bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
  bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
  return bits ^ (bits >> 31)
}
