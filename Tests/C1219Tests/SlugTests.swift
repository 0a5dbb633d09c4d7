// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

@Suite struct SlugTests {
  @Test(arguments: [
    ("Number of Self-reads", "number_of_self_reads"), ("RK BP10 + EP16 Access", "rk_bp10_plus_ep16_access"),
    ("Fwd+Rev Active Wh L1L2L3", "fwd_plus_rev_active_wh_l1l2l3"), ("Fwd-Rev Active Wh", "fwd_rev_active_wh"),
    ("Image CRC (Read Only)", "image_crc_read_only"), ("C12.19 Compliance", "c12_19_compliance"), ("", ""),
    ("(x)", "x"), ("+", "plus"), ("+1", "plus_1"), ("Data For Display/Load Profile", "data_for_display_load_profile"),
    ("Sin phase angle (L1)", "sin_phase_angle_l1"), ("  A  ", "a"), ("Größe", "gr_e"),
  ])
  func slugs(name: String, slug: String) { #expect(name.slug == slug) }

  @Test func countsAndConditionsInWords() {
    let count = Count.dividedUp(.field(Reference(.bt21, "Number of Demands")), 8)
    #expect(count.description == "BT21 Number of Demands / 8, rounded up")
    #expect(Count.times(.exactly(2), .field(Reference(nil, "Size"))).description == "2 × Size")
    let condition = Condition.any([.version(3, 13), .firmware(3, 80), .firmware(3, 50, module: FirmwareVersion(1, 20))])
    #expect(
      condition.description
        == "firmware 3.13 or firmware from 3.80 (not in modules) or firmware from 3.50 (modules from 1.20)")
    #expect(
      Condition.not(.equals(Reference(.bt21, "Number of Tiers"), 4)).description == "not BT21 Number of Tiers = 4")
    #expect(Condition.index(0...3).description == "entry 0 to 3")
  }
}
