// SPDX-License-Identifier: Apache-2.0
import MEPTransport

extension SeededGenerator {
  mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }

  mutating func octets(in counts: ClosedRange<Int>) -> [UInt8] { octets(Int.random(in: counts, using: &self)) }
}
