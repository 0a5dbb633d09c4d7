// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

extension MEPDevice {
  /// Gives the meter values for its display and load profile, by their index from 0 on (ET50, with either key), and reads
  /// them back. The display shows a value with its icons when its list (BT33) comes to it.
  ///
  /// - Parameter house: this device's house icon; nil leaves it. On meters with two ports it is on the display only if ET55
  ///   gives the icon to this port: ``Status/houseIcon``.
  public func show(_ sources: [Int: DisplaySource], house: IconState? = nil) async throws(MeterError) {
    var values: [(path: String, value: String)] = []
    for (index, source) in sources.sorted(by: { $0.key < $1.key }) {
      values.append((port.entry("data_sources_icon_display_control[\(index)]"), "\(source.icons.rawValue)"))
      values.append((port.entry("data_for_display_load_profile_sources[\(index)]"), "\(source.value)"))
    }
    if let house { values.append((port.entry("house_icon"), "\(house.rawValue)")) }
    try await set(.et50, values)
  }
}
