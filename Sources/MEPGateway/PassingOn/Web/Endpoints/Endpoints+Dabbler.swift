// SPDX-License-Identifier: Apache-2.0
import MEPClient

extension Endpoint {
  /// For what was made for Dabbler's module: see ``DabblerNames``.
  static func dashboard(_ version: String) -> Endpoint {
    Endpoint(
      path: "/getDashDataWS", summary: "The one meter's values by the names and units of Dabbler's module.",
      content: .json(.map(.any))
    ) { call throws(Refusal) in
      let gateway = call.gateway
      guard let live = await gateway.values.first?.value,
        let dashboard = DabblerNames(live, now: gateway.clock.now()).dashboard(version: version, zone: gateway.zone)
      else { throw Refusal(.unavailable, "The meter does not answer, and an old value would look fresh here.") }
      return .json(dashboard)
    }
  }
}
