// SPDX-License-Identifier: Apache-2.0
import MEPClient
import OSGPTables

extension EnergyRegisterUnit {
  /// Says it where energies are shown as counts.
  func tellIfUnknown() {
    if multiplier == nil { Self.tellUnknown() }
  }

  static func tellUnknown(shown: String = "shown as counts") {
    Exit.complain(
      "Neither ET55 nor ET42 of this meter tells what one count of an energy register stands for (1, 10 or 100 Wh): "
        + "energies are \(shown). A MAK may be let to read it.")
  }
}
