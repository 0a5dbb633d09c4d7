// SPDX-License-Identifier: Apache-2.0
import CDashboard
import CHTTP
import HTTPTypes
import HummingbirdCore
import NIOCore

/// A file of the dashboard.
struct Page: Sendable {
  let type: String
  private let octets: ByteBuffer
  /// By gzip.
  private let packed: ByteBuffer?
  /// Another one for other octets.
  private let tag: String

  private init(_ file: CDashboardFile) {
    let octets = Array(UnsafeBufferPointer(start: file.octets, count: file.count))
    type = String(cString: file.type)
    self.octets = ByteBuffer(bytes: octets)
    packed = HTTPClient.packed(octets).map { ByteBuffer(bytes: $0) }
    // FNV-1a: it tells versions apart, and keeps no secret.
    let hash = octets.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    tag = "\"\(String(hash, radix: 16))\""
  }

  private static let all = {
    var pages: [String: Page] = [:]
    while let file = CDashboardFileAt(pages.count)?.pointee { pages[String(cString: file.path)] = Page(file) }
    return pages
  }()

  /// Of all of them.
  static var paths: [String] { Array(all.keys) }

  /// Nil where there is none; "/" is the first one.
  static func at(_ path: String) -> Page? { all[path == "/" ? "/index.html" : path] }

  /// - Parameter headers: of each answer of its type.
  func response(to request: HTTPRequest, headers: HTTPFields) -> Response {
    var headers = headers
    headers[.eTag] = tag
    headers[.vary] = "Accept-Encoding"
    // Asked about each time: a program that was upgraded has other pages.
    headers[.cacheControl] = "no-cache"
    headers[.contentSecurityPolicy] = Self.policy
    if request.headerFields[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
    guard let packed, request.headerFields[.acceptEncoding]?.contains("gzip") == true else {
      return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: octets))
    }
    headers[.contentEncoding] = "gzip"
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: packed))
  }

  /// Nothing from elsewhere, and nothing that is written into a page.
  private static let policy =
    "default-src 'none'; "
    + ["script", "style", "img", "connect", "manifest", "worker"].map { "\($0)-src 'self'; " }.joined()
    + "frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
}
