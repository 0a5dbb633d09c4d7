// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// What the display shows: the list that meters come with.
struct DisplayPart: Part {
  static func fill(_ sheet: inout Sheet, for profile: Profile) throws(LayoutError) {
    guard sheet.id == Table.bt33.id else { return }
    for (i, item) in [0x2000, 0x2001, 0x0000].enumerated() {
      sheet.set("primary_display_list[0].display_sources[\(i)]", Int64(item))
    }
  }
}
