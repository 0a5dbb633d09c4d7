// SPDX-License-Identifier: Apache-2.0
import C1219

/// How the meter treats the client at a MEP port (ET51). Its optical port's times are left out.
public struct ClientSettings: Equatable, Sendable {
  /// The meter takes the client for down when it has heard nothing of it for the health timeout.
  public let monitorsHealth: Bool
  /// It then resets the client.
  public let resetsWhenDown: Bool
  /// The port does nothing at all.
  public let isDisabled: Bool
  /// In seconds.
  public let healthTimeout: Int
  /// Seconds after which a request in ET15 counts as not answered.
  public let requestTimeout: Int
  /// For how many seconds the reset line is held; nil with firmware that does not have it. 0 is one second, too.
  public let resetDuration: Int?
  /// The utility wants the home's network off; nil with firmware that does not have it.
  public let deactivatesHAN: Bool?

  /// Nil for a port that the table has no entry for.
  ///
  /// - Parameter port: 1 or 2.
  public init?(_ table: Decoded, port: Int) {
    func flag(_ name: StaticString) -> Bool? { table.flag(named: name, port - 1) }
    func number(_ name: StaticString) -> Int? { table.integer(named: name, port - 1).map { Int($0) } }
    guard let monitorsHealth = flag("Monitor MEP Health"), let resetsWhenDown = flag("Reset Device Down MEP"),
      let isDisabled = flag("Disable MEP"), let healthTimeout = number("MEP Health Timeout"),
      let requestTimeout = number("On-demand and One-Time Read Timeout")
    else { return nil }
    self.monitorsHealth = monitorsHealth
    self.resetsWhenDown = resetsWhenDown
    self.isDisabled = isDisabled
    self.healthTimeout = healthTimeout
    self.requestTimeout = requestTimeout
    resetDuration = number("MEP Down Reset Duration")
    deactivatesHAN = flag("Deactivate HAN")
  }
}
