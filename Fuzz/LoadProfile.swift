// SPDX-License-Identifier: Apache-2.0
// A meter that has anything in the tables of its load profile: it is refused, or what is planned lies in the table, and
// what is decoded lies in the block.
import C1219
import OSGPTables

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  var octets = [UInt8](UnsafeBufferPointer(start: data, count: count))[...]
  func take(_ count: Int) -> [UInt8] {
    defer { octets = octets.dropFirst(count) }
    return Array(octets.prefix(count)) + [UInt8](repeating: 0, count: max(0, count - octets.count))
  }
  let choice = take(2)
  var dimensions = Dimensions(firmware: FirmwareVersion(4, 30))
  // Small ones: the input fills few blocks.
  var (bt60, bt61) = (take(19), take(19))
  for i in 0..<2 {
    let blocks = bt61[7 + 6 * i]
    (bt61[7 + 6 * i], bt61[8 + 6 * i]) = (blocks & 3, 0)
    (bt61[9 + 6 * i], bt61[10 + 6 * i]) = (bt61[9 + 6 * i] & 15, 0)
    bt61[11 + 6 * i] &= 3
    bt60[11 + 6 * i] = bt61[11 + 6 * i]
  }
  try? dimensions.learn(.bt60, bt60)
  try? dimensions.learn(.bt61, bt61)
  if let et11 = try? Table.et11.layout(in: dimensions) { try? dimensions.learn(.et11, et11.factoryImage) }

  func decoded(_ table: Table, _ most: Int) -> Decoded? {
    guard let layout = try? table.layout(in: dimensions) else { return nil }
    return Decoded(layout: layout, octets: take(min(layout.octets, most)))
  }
  guard let actual = (try? Table.bt61.layout(in: dimensions, image: bt61)).map({ Decoded(layout: $0, octets: bt61) }),
    let control = decoded(.bt62, 60), let status = decoded(.bt63, 40), var state = decoded(.et21, 300)
  else { return 0 }
  let set = Int(choice[0] & 1)
  if choice[0] & 2 == 2 { fit(&state, actual, set) }
  let (mapping, types) = (choice[0] & 4 == 4 ? decoded(.et66, 8) : nil, choice[0] & 8 == 8 ? decoded(.et57, 40) : nil)
  guard
    let profile = try? LoadProfile(set: set, bt61: actual, bt62: control, et21: state, et66: mapping, et57: types)
  else { return 0 }
  for channel in profile.channels { _ = channel.quantity }
  let image = Array(octets)
  if profile.blocks > 0, let block = try? profile.block(0, image) { check(block, profile) }
  for after in [nil, Moment(secondsSince2000: 836_400_000)] {
    guard let reads = try? profile.plan(bt63: status, et21: state, after: after) else { continue }
    precondition(reads.count <= profile.blocks)
    for read in reads {
      precondition(read.body.upperBound <= profile.blocks * profile.blockOctets && read.header.lowerBound >= 0)
      precondition(read.intervals.upperBound <= profile.intervals)
      _ = profile.holds(read, bt63: status)
      let body = Array(image.dropFirst(read.header.count).prefix(read.body.count))
      if let block = try? profile.block(read, header: image, body: body) { check(block, profile) }
    }
  }
  return 0
}

private func check(_ block: LoadProfile.Block, _ profile: LoadProfile) {
  precondition(block.intervals.count <= profile.intervals)
  for interval in block.intervals {
    precondition(interval.values.count == profile.channels.count && interval.index < profile.intervals)
    for value in interval.values { _ = value.status.words }
  }
}

/// Makes ET21 tell what BT61 does, so that more than the first check is reached.
private func fit(_ state: inout Decoded, _ actual: Decoded, _ set: Int) {
  func number(_ name: StaticString) -> Int { Int(actual.integers(named: name, entry: set).first ?? 0) }
  let (blocks, intervals) = (number("Number of Blocks"), number("Number of Intervals"))
  let (channels, minutes) = (number("Number of Channels"), number("Maximum Interval Time"))
  let ends = actual.flag(named: "End Reading Supported") == true ? 4 * channels : 0
  let (status, header) = (5 + ends, 5 + ends + (intervals + 7) / 8)
  let interval = channels / 2 + 1 + 4 * channels
  let values: [(StaticString, Int)] = [
    ("Number of Channels", channels), ("Interval Time", minutes), ("Simple Status Offset From Block", status),
    ("Interval 0 Offset from Block", header), ("Channel 0 Offset from Interval", channels / 2 + 1),
    ("Interval Size", interval), ("Block Size", header + intervals * interval), ("Number of Valid Blocks", blocks),
  ]
  var octets = state.octets
  for (name, value) in values {
    if let place = state.layout.place(named: name, set) { _ = place.store(.integer(Int64(value)), in: &octets) }
  }
  state = Decoded(layout: state.layout, octets: octets)
}
