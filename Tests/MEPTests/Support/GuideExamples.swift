// SPDX-License-Identifier: Apache-2.0
import Foundation
import MEP
import Testing

/// A request of the guide and the response printed for it, length fields included.
struct GuideExample: CustomTestStringConvertible, Sendable {
  let name: String
  let request: [UInt8]
  let response: [UInt8]

  var testDescription: String { name }

  /// The request's octets from the code on, as the guide prints them, without sequence number and digest.
  var requestBody: [UInt8] { Array(request.dropFirst(2).dropLast(12)) }
  /// The response's octets from the code on, without the digest.
  var responseBody: [UInt8] { Array(response.dropFirst(2).dropLast(8)) }
  var sequence: UInt32 { request.dropLast(8).suffix(4).reduce(0) { $0 << 8 | UInt32($1) } }

  func parsedRequest() throws -> Request { try Request(body: requestBody) }
  func parsedResponse() throws -> Response { try Response(body: responseBody, to: parsedRequest()) }

  /// Every example with digests, in the guide's order.
  static let all = load("guide-examples")
  /// The recorded TLS session.
  static let tls = load("guide-tls")

  private static func load(_ name: String) -> [GuideExample] {
    let file = Bundle.module.url(forResource: name, withExtension: "txt", subdirectory: "Fixtures")!
    let lines = try! String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    var examples: [GuideExample] = []
    var name = ""
    var request: [UInt8]?
    for line in lines {
      if line.hasPrefix("#") {
        name = String(line.dropFirst(2))
      } else if let asked = request {
        examples.append(GuideExample(name: name, request: asked, response: hex(line)))
        request = nil
      } else {
        request = hex(line)
      }
    }
    precondition(request == nil, "a request without its response")
    return examples
  }

  /// Those that are signed by ``defaultKey``.
  static let underDefaultKey = all.filter { !$0.name.contains("Appendix") }
  /// Those whose key the guide does not print.
  static let underUnknownKey = all.filter { $0.name.contains("Appendix") }

  static func named(_ part: String) -> GuideExample { all.first { $0.name.contains(part) }! }
}

/// The key of the guide's examples, 16 × 01.
let defaultKey = AccessKey(dummy: 1)
