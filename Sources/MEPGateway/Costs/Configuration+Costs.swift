// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import MEPClient

/// What electricity costs, and where prices come from.
public struct CostSettings: Sendable, Equatable {
  public var tariff: Tariff
  public var sources: [PriceSource]

  public init(_ tariff: Tariff, _ sources: [PriceSource] = []) { (self.tariff, self.sources) = (tariff, sources) }
}

extension CostSettings {
  /// Nil where nothing is said of costs.
  ///
  /// - Parameters:
  ///   - zone: the house's.
  ///   - hasBroker: whether there is one that topics may come from.
  init?(_ entry: Entry, in zone: TimeZone, hasBroker: Bool) {
    guard entry.isThere, !entry.isOff else { return nil }
    let fields = entry.fields("currency", "series", "versions")
    let currency = fields["currency"]!.text
    if !fields["currency"]!.isThere { entry.flaw("takes a currency as well: currency: DKK.") }
    if let currency, currency.wholeMatch(of: /[A-Z]{3}/) == nil {
      fields["currency"]!.flaw("has to be the three letters of a currency, such as DKK, SEK, CHF or EUR.")
    }
    var sources: [PriceSource] = []
    for element in fields["series"]!.list {
      guard let source = PriceSource(element, in: zone, hasBroker: hasBroker) else { continue }
      if sources.contains(where: { $0.name == source.name }) {
        element.flaw("two series are called \"\(source.name)\".")
      }
      sources.append(source)
    }
    if !fields["versions"]!.isThere { entry.flaw("takes versions of a tariff as well, each with from: and import:.") }
    // What a series is called is not known where it is flawed.
    let names = sources.count == fields["series"]!.list.count ? sources.map(\.name) : nil
    var versions: [Tariff.Version] = []
    for element in fields["versions"]!.list {
      guard let version = Tariff.Version(element, series: names, in: zone) else { continue }
      if let last = versions.last, version.from <= last.from {
        element.flaw("begins no later than the version before it: the earliest stands first.")
      }
      let isOfMonth = version.from.local(in: zone).day == 1
      if !isOfMonth, version.hasEffect || versions.last?.hasEffect == true {
        element.flaw("begins within a month, and highest powers are charged by the month: let it begin on the first.")
      }
      versions.append(version)
    }
    self.init(Tariff(currency: currency ?? "", versions: versions), sources)
  }
}

extension Tariff.Version {
  fileprivate init?(_ entry: Entry, series: [String]?, in zone: TimeZone) {
    let fields = entry.fields("from", "import", "export")
    let imported = Tariff.Part.all(fields["import"]!, series: series)
    let exported = Tariff.Part.all(fields["export"]!, series: series, isExport: true)
    if !fields["import"]!.isThere { entry.flaw("takes the parts of the price as well: import: with a list.") }
    guard let text = fields["from"]!.text else {
      if !fields["from"]!.isThere { entry.flaw("takes the day that it holds from: from: 2026-01-01.") }
      return nil
    }
    guard text.count == 10, let written = WrittenTime(text) else {
      fields["from"]!.flaw("takes a day such as 2026-01-01, and not \"\(text)\".")
      return nil
    }
    self.init(from: Timestamp(written, in: zone), imported: imported, exported: exported)
  }
}

/// Of what has a price, or makes a power.
private enum Length: String, CaseIterable { case hour, quarter }

extension Tariff.Part {
  fileprivate static func all(_ entry: Entry, series: [String]?, isExport: Bool = false) -> [Tariff.Part] {
    var parts: [Tariff.Part] = []
    for element in entry.list {
      let fields = element.fields(forms + ["name", "times", "of", "measured", "counts", "half"])
      let name = fields["name"]!.text
      if !fields["name"]!.isThere { element.flaw("a part has a name.") }
      if let name, parts.contains(where: { $0.name == name }) {
        fields["name"]!.flaw("two parts are called \"\(name)\".")
      }
      let said = forms.filter { fields[$0]!.isThere }
      guard said.count == 1, let form = said.first else {
        element.flaw("a part has one of \(forms.joined(separator: ", ")).")
        continue
      }
      for (other, home) in [
        ("times", "per_kwh"), ("measured", "per_kw"), ("counts", "per_kw"), ("half", "per_kw"),
      ] where fields[other]!.isThere && form != home { fields[other]!.flaw("needs \(home): as well.") }
      if fields["of"]!.isThere, form != "per_kw", form != "percent" {
        fields["of"]!.flaw("needs percent: or per_kw: as well.")
      }
      if form == "per_kw", isExport { fields[form]!.flaw("is for import:, and not for export:.") }
      guard let kind = kind(form, fields, before: parts, series: series), let name else { continue }
      parts.append(Tariff.Part(name, kind))
    }
    return parts
  }

  private static let forms = ["per_kwh", "series", "per_day", "per_month", "per_year", "per_kw", "percent"]

  private static func kind(
    _ form: String, _ fields: [String: Entry], before: [Tariff.Part], series: [String]?
  ) -> Tariff.Kind? {
    let value = fields[form]!
    switch form {
    case "series":
      guard let name = value.text else { return nil }
      if let series, !series.contains(name) {
        value.flaw(
          "there is no series \"\(name)\": there \(series.isEmpty ? "is none" : "are \(series.joined(separator: ", "))")."
        )
      }
      return .series(name)
    case "percent":
      guard let percent = value.price else { return nil }
      guard percent.billionths % 10_000_000 == 0, abs(percent.billionths) <= 1_000_000_000_000 else {
        value.flaw("takes at most two decimals, and at most 1000.")
        return nil
      }
      return .percent(percent.billionths / 10_000_000, of: base(fields["of"]!, value, before))
    case "per_kw":
      guard let price = value.price else { return nil }
      var effect = Effect(price)
      effect.rule = fields["of"]!.one(of: Effect.Rule.self) ?? .top
      effect.step = fields["measured"]!.one(of: Length.self) == .quarter ? .quarter : .hour
      effect.window = Window(fields["counts"]!)
      if fields["half"]!.isThere { effect.half = Window(fields["half"]!) }
      return .effect(effect)
    case "per_kwh":
      let times = fields["times"]!.list.compactMap { entry -> Tariff.Special? in
        let inner = entry.fields(Window.names + ["per_kwh"])
        if !inner["per_kwh"]!.isThere { entry.flaw("takes its per_kwh: as well.") }
        let window = Window(inner, entry)
        return inner["per_kwh"]!.price.map { Tariff.Special(window, $0) }
      }
      return value.price.map { .energy($0, times: times) }
    default:
      let period: Step = form == "per_day" ? .day : form == "per_month" ? .month : .year
      return value.price.map { .standing($0, per: period) }
    }
  }

  /// The parts that a percentage is of: all before it where it is not said.
  private static func base(_ entry: Entry, _ percent: Entry, _ before: [Tariff.Part]) -> [Int] {
    var base = Array(before.indices)
    if entry.isThere {
      base = entry.list.compactMap { element in
        guard let name = element.text else { return nil }
        if let index = before.firstIndex(where: { $0.name == name }) { return index }
        element.flaw("there is no part \"\(name)\" before it.")
        return nil
      }
    }
    if base.isEmpty, before.isEmpty { percent.flaw("has no part before it to be a percentage of.") }
    func depth(_ index: Int) -> Int {
      if case .percent(_, let inner) = before[index].kind { 1 + (inner.map(depth).max() ?? 0) } else { 0 }
    }
    if (base.map(depth).max() ?? 0) > 1 {
      percent.flaw("is a percentage of one of a percentage of another: two on each other is as far as it goes.")
    }
    return base
  }
}

extension Window {
  fileprivate static let names = ["months", "weekdays", "hours"]

  fileprivate init(_ entry: Entry) { self.init(entry.fields(Self.names), entry) }

  fileprivate init(_ fields: [String: Entry], _ entry: Entry) {
    self.init()
    if entry.isThere, !Self.names.contains(where: { fields[$0]!.isThere }) {
      entry.flaw("takes at least one of \(Self.names.joined(separator: ", ")).")
    }
    if let months = fields["months"]!.ranges(
      "months such as 10-3, or 1, 7-8", { Int($0).flatMap { 1...12 ~= $0 ? $0 : nil } })
    {
      self.months = Set(months.flatMap { Self.around($0, in: 1...12) })
    }
    let days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    if let weekdays = fields["weekdays"]!.ranges(
      "weekdays such as mon-fri, or sat, sun", { days.firstIndex(of: String($0)) })
    {
      self.weekdays = Set(weekdays.flatMap { Self.around($0, in: 0...6) })
    }
    let form = "hours such as 17-21 or 22-6, at full quarters"
    if let hours = fields["hours"]!.ranges(form, Self.minute) {
      if hours.contains(where: { $0.0 == $0.1 }) { fields["hours"]!.flaw("takes \(form).") }
      minutes = hours.flatMap { start, end in start < end ? [start..<end] : [start..<1440, 0..<end] }
    }
  }

  /// From the first through the last, and over the end of the year or week.
  private static func around(_ ends: (Int, Int), in all: ClosedRange<Int>) -> [Int] {
    ends.0 <= ends.1 ? Array(ends.0...ends.1) : Array(ends.0...all.upperBound) + Array(all.lowerBound...ends.1)
  }

  /// "17", "17:30", "24".
  private static func minute(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(parts.count), let hour = parts[0], let minute = parts.count == 2 ? parts[1] : 0,
      0...24 ~= hour, [0, 15, 30, 45].contains(minute), hour < 24 || minute == 0
    else { return nil }
    return hour * 60 + minute
  }
}

extension Entry {
  /// With as many decimals as are kept.
  fileprivate var price: Price? {
    guard let text else { return nil }
    if text.split(separator: ".").dropFirst().first?.count ?? 0 <= 9, let price = Price(text) { return price }
    flaw("takes a number such as 0.25, and not \"\(text)\".")
    return nil
  }

  /// "mon-fri, sun": one and the same where there is no second end.
  fileprivate func ranges(_ words: String, _ read: (Substring) -> Int?) -> [(Int, Int)]? {
    guard let text else { return nil }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      part.split(separator: "-", omittingEmptySubsequences: false).map { end in
        read(Substring(end.trimmingCharacters(in: .whitespaces)))
      }
    }
    let ranges = parts.compactMap { ends -> (Int, Int)? in
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1] else { return nil }
      return (first, last)
    }
    if ranges.count == parts.count { return ranges }
    flaw("takes \(words), and not \"\(text)\".")
    return nil
  }
}

extension PriceSource {
  fileprivate init?(_ entry: Entry, in zone: TimeZone, hasBroker: Bool) {
    let fields = entry.fields(
      "name", "csv", "url", "topic", "form", "separator", "decimal", "list", "time", "price", "per", "time_zone",
      "step",
      "settled_by")
    let places = ["csv", "url", "topic"].filter { fields[$0]!.isThere }
    guard places.count == 1, let name = fields["name"]!.text, let text = fields[places[0]]!.text else {
      if !fields["name"]!.isThere || places.count != 1 {
        entry.flaw("a series has a name, and one of csv, url, topic.")
      }
      return nil
    }
    self.init(name, places[0] == "csv" ? .file(text) : places[0] == "url" ? .url(text) : .topic(text), in: zone)
    let isJSON = places[0] != "csv" && fields["form"]!.one(of: Written.self) != .csv
    if places[0] == "csv", fields["form"]!.isThere { fields["form"]!.flaw("is for url: and topic:.") }
    if places[0] == "url" {
      let address = Self.address(text, on: Timestamp(milliseconds: 0), in: zone)
      if address.contains(where: { "{}".contains($0) }) {
        fields["url"]!.flaw("takes {year}, {month} and {day} of the day that is asked for, and nothing else in braces.")
      } else if URLComponents(string: address)?.host?.isEmpty != false || !text.hasPrefix("http") {
        fields["url"]!.flaw("takes an address such as https://prices.example/today.json.")
      }
    }
    if places[0] == "topic" {
      _ = MQTTSink.Settings.topic(fields["topic"]!)
      if !hasBroker { fields["topic"]!.flaw("needs mqtt: with the host of a broker as well.") }
    }
    if isJSON {
      form = .json(fields["list"]!.text?.split(separator: ".").map(String.init) ?? [])
      for name in ["separator", "decimal"] where fields[name]!.isThere { fields[name]!.flaw("is for CSV.") }
    } else {
      form = .csv(separator: fields["separator"]!.character ?? ",")
      if let point = fields["decimal"]!.character { self.point = point }
      if form == .csv(separator: point) { entry.flaw("separator and decimal are the same: separator: \";\".") }
      if fields["list"]!.isThere { fields["list"]!.flaw("is for JSON.") }
    }
    if let column = fields["time"]!.text { time = column }
    if let column = fields["price"]!.text { price = column }
    isOfMWh = fields["per"]!.one(of: Unit.self) == .megawattHour
    if let zone = fields["time_zone"]!.zone { self.zone = zone }
    if fields["step"]!.one(of: Length.self) == .quarter { step = .quarter }
    isSettledByHour = fields["settled_by"]!.one(of: Length.self) == .hour
    if isSettledByHour, step == .hour { fields["settled_by"]!.flaw("needs step: quarter as well.") }
  }

  private enum Written: String, CaseIterable { case json, csv }
  private enum Unit: String, CaseIterable {
    case kilowattHour = "kWh"
    case megawattHour = "MWh"
  }
}

extension Entry {
  fileprivate var character: Character? {
    guard let text else { return nil }
    if text.count == 1 { return text.first }
    flaw("takes one character, and not \"\(text)\".")
    return nil
  }
}
