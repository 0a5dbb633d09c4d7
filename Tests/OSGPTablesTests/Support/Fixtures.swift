// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The files beside these tests.
enum Fixtures {
  static func data(_ name: String) throws -> Data {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil))
    return try Data(contentsOf: url)
  }

  /// The lines of a file of hexadecimal octets that are no comment.
  static func octets(_ name: String) throws -> [[UInt8]] {
    String(decoding: try data(name), as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { line in line.split(separator: " ").compactMap { UInt8($0, radix: 16) } }
  }
}
