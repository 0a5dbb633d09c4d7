// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// What the display shows: the list that meters come with, the scheduled message (ET55), what clients have for it (ET50).
struct DisplayPart: Part {
  /// The next second (UTC) of the meter's clock at which a message comes or goes.
  private var next: Int64?

  static func fill(_ sheet: inout Sheet, for profile: Profile) throws(LayoutError) {
    guard sheet.id == Table.bt33.id else { return }
    for (i, item) in [0x2000, 0x2001, 0x0000].enumerated() {
      sheet.set("primary_display_list[0].display_sources[\(i)]", Int64(item))
    }
  }

  func due(_ body: MeterBody) -> Int64? { next }

  mutating func act(_ body: inout MeterBody) { show(&body) }

  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    switch happening {
    case .powerReturned, .clockMoved, .clientRemoved: show(&body)
    default: break
    }
  }

  mutating func written(_ table: TableID, _ range: Range<Int>, by access: PortAccess, _ body: inout MeterBody) {
    if table == Table.et50.id || table == Table.et55.id { show(&body) }
  }

  private mutating func show(_ body: inout MeterBody) {
    let configuration = body.tables.decoded(.et55)
    let message = configuration.flatMap { ScheduledMessage(configuration: $0) }
    let now = Moment(secondsSince2000: body.utc)
    // The last second of a message is the one at which it ends.
    let ends = [message?.start, message?.end?.adding(seconds: 1)]
    next = message?.isOverridden == true ? nil : ends.compactMap { $0 }.filter { $0 > now }.min()?.secondsSince2000
    var display = DisplayContent()
    if let message, message.isShown(at: now) {
      display.message = DisplayContent.Message(
        id: message.pointedID, text: String(decoding: message.text, as: UTF8.self))
    }
    let clients = body.tables.decoded(.et50)
    for port in 1...body.profile.ports {
      guard let client = clients.flatMap({ ClientEntry($0, port: port) }) else { continue }
      for (index, value) in client.sources.enumerated() where value != DisplaySource(value: 0) {
        display.sources.append(DisplayContent.Source(port: port, index: index, value: value))
      }
      if port == Self.houseIconPort(body, configuration) { display.house = client.houseIcon }
    }
    guard display != body.display else { return }
    body.display = display
    body.tell(.display(display))
  }

  /// Whose house icon is shown. With one client only, the rules of older meters hold.
  private static func houseIconPort(_ body: MeterBody, _ configuration: Decoded?) -> Int? {
    guard body.profile.ports > 1 else { return 1 }
    guard case .client(let port)? = configuration.flatMap({ HouseIconControl(configuration: $0) }) else { return nil }
    return port
  }
}
