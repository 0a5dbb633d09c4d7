// SPDX-License-Identifier: Apache-2.0
import C1219

/// The registers of all tiers together, or of one of them.
public struct RegisterBlock: Sendable {
  public private(set) var summations: [RegisterValue] = []
  public private(set) var demands: [Demand] = []
  public private(set) var coincidents: [Coincident] = []

  /// The greatest or the smallest averages of a power since the last demand reset.
  public struct Demand: Sendable {
    /// Nil where BT22 is too short to tell.
    public let source: Source?
    /// Whether it is the smallest; nil where BT22 is not at hand.
    public let isMinimum: Bool?
    /// The sum of what it was at all demand resets; nil where the meter does not keep it.
    public fileprivate(set) var cumulative: RegisterValue?
    /// The same and what it is now.
    public fileprivate(set) var continuousCumulative: RegisterValue?
    public fileprivate(set) var occurrences: [Occurrence] = []
    fileprivate var times: [Moment?] = []
  }

  /// One of the values of a demand, and when it was.
  public struct Occurrence: Sendable {
    public let value: RegisterValue
    /// In local time; nil where it is not set or the meter does not keep it.
    public let time: Moment?
  }

  /// What another source had at the time of a demand.
  public struct Coincident: Sendable {
    /// Nil where BT22 is too short to tell.
    public let source: Source?
    /// The index of the demand; nil where BT22 is not at hand.
    public let demand: Int?
    /// One for each occurrence of the demand.
    public fileprivate(set) var values: [RegisterValue] = []
  }

  /// The sum of a source of the list under BT22; nil where the meter does not keep it.
  public func summation(of source: UInt8) -> RegisterValue? { summations.first { $0.source?.number == source } }
}

extension RegisterBlock {
  /// Takes in the next field of the block.
  ///
  /// - Parameter path: the way to the field from the block on.
  mutating func take(
    _ place: Place, _ path: ArraySlice<Place.Step>, in octets: [UInt8], _ selection: DemandSelection,
    _ unit: EnergyRegisterUnit
  ) {
    guard let list = path.first, let i = list.index else { return }
    let value = RegisterValue(place, in: octets, unit)
    if list.isCalled("Summations") {
      if let value { summations.append(value) }
    } else if list.isCalled("Demands"), let field = path.dropFirst().first {
      while demands.count <= i {
        demands.append(
          Demand(source: place.source.map { unit.scaled($0) }, isMinimum: selection.isMinimum(demands.count)))
      }
      demands[i].take(field, place, value, in: octets)
    } else if list.isCalled("Coincidents") {
      while coincidents.count <= i {
        coincidents.append(
          Coincident(
            source: place.source.map { unit.scaled($0) }, demand: selection.demand(ofCoincident: coincidents.count)))
      }
      if let value { coincidents[i].values.append(value) }
    }
  }
}

extension RegisterBlock.Demand {
  fileprivate mutating func take(
    _ field: Place.Step, _ place: Place, _ value: RegisterValue?, in octets: [UInt8]
  ) {
    if field.isCalled("Event Time") {
      times.append(place.moment(in: octets))
    } else if field.isCalled("Cumulative Demand") {
      cumulative = value
    } else if field.isCalled("Contin Cum Demand") {
      continuousCumulative = value
    } else if field.isCalled("Demand"), let value {
      // The times of all occurrences come before their values.
      let time = occurrences.count < times.count ? times[occurrences.count] : nil
      occurrences.append(RegisterBlock.Occurrence(value: value, time: time))
    }
  }
}

extension Place {
  /// The date and time in a table's octets; nil where it is not set.
  func moment(in octets: [UInt8]) -> Moment? {
    guard case .octets(let value)? = raw(in: octets) else { return nil }
    return Moment(value)
  }
}
