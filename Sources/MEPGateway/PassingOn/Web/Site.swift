// SPDX-License-Identifier: Apache-2.0
import MEPClient

/// All that can be asked, and who answers it.
struct Site: Sendable {
  let gateway: Gateway
  let endpoints: [Endpoint]

  init(_ gateway: Gateway, version: String, hasDabbler: Bool = false, costs: Costs? = nil) {
    self.gateway = gateway
    var endpoints = [
      Endpoint.health, .metrics(version), .meters, .meter, .values, .registers, .live, .history, .readings, .export,
      .events, .outages, .quality, .calendar, .profile, .devices, .display, .tables, .table,
    ]
    if hasDabbler { endpoints.append(.dashboard(version)) }
    if let costs { endpoints += [.costs(costs), .prices(costs)] }
    // It describes itself, too.
    let all = endpoints + [Endpoint.openAPI(.null)]
    endpoints.append(.openAPI(OpenAPI.document(all, version: version)))
    self.endpoints = endpoints
  }

  /// What is asked by a path and what stands behind its question mark, both as they came.
  func answer(_ path: String, _ query: [(name: String, value: String)]) async throws(Refusal) -> Answer {
    for endpoint in endpoints {
      guard let captures = endpoint.captures(path) else { continue }
      let values = try endpoint.values(query)
      return try await endpoint.respond(Call(gateway: gateway, captures: captures, values: values))
    }
    throw Refusal(.notFound, "There is nothing at \(path): openapi.json tells what there is.")
  }
}

extension Endpoint {
  /// What was asked for, checked.
  fileprivate func values(_ query: [(name: String, value: String)]) throws(Refusal) -> [String: Parameter.Value] {
    var values: [String: Parameter.Value] = [:]
    for (name, text) in query {
      guard let parameter = parameters.first(where: { $0.name == name }) else {
        let known = parameters.map(\.name).joined(separator: ", ")
        throw Refusal(
          .badRequest, "\"\(name)\" is not known here: there is \(known.isEmpty ? "nothing to say" : known).")
      }
      guard values[name] == nil else { throw Refusal(.badRequest, "\(name) is said twice.") }
      guard let value = parameter.value(text) else {
        throw Refusal(.badRequest, "\(name) takes \(parameter.takes), and not \"\(text)\".")
      }
      values[name] = value
    }
    return values
  }

  fileprivate static func openAPI(_ document: JSON) -> Endpoint {
    Endpoint(path: "/openapi.json", summary: "This document.", content: .json(.map(.any))) { _ in .json(document) }
  }
}
