// SPDX-License-Identifier: Apache-2.0
import Glibc
import MEPTransport

/// Which ports of which meters have spoken TLS.
public struct TLSMemory: Sendable {
  private let folder: String

  public struct Entry: Equatable, Sendable {
    /// Its utility serial number.
    public let meter: String
    /// 1 or 2.
    public let port: Int
    /// Where it was.
    public let address: String

    public init(meter: String, port: Int, address: String) {
      (self.meter, self.port, self.address) = (meter, port, address)
    }
  }

  /// - Parameter folder: where a folder is kept for each meter. Nothing is made there before there is something to keep.
  public init(folder: String) { self.folder = folder }

  public func entries() throws(StateProblem) -> [Entry] {
    var entries: [Entry] = []
    for meter in try MeterFolder.all(in: folder) { entries += try held(in: meter) }
    return entries
  }

  public func remember(_ entry: Entry) throws(StateProblem) {
    let own = MeterFolder.path(of: entry.meter, in: folder)
    if let failure = Files.makeFolder(own) { throw StateProblem(own, failure) }
    let lock = try MeterFolder.lock(own + "/tls.lock")
    defer { close(lock) }
    let others = try held(in: own).filter { $0.port != entry.port || $0.address != entry.address }
    try Self.write(others + [entry], in: own)
  }

  /// Forgets what is kept under the serial number or the address.
  ///
  /// - Returns: what was forgotten.
  public func forget(_ name: String) throws(StateProblem) -> [Entry] {
    var forgotten: [Entry] = []
    for meter in try MeterFolder.all(in: folder) {
      // Nothing is made where nothing is kept.
      if try held(in: meter).isEmpty { continue }
      let lock = try MeterFolder.lock(meter + "/tls.lock")
      defer { close(lock) }
      let all = try held(in: meter)
      let gone = all.filter { $0.meter == name || $0.address == name }
      if gone.isEmpty { continue }
      try Self.write(all.filter { !gone.contains($0) }, in: meter)
      forgotten += gone
    }
    return forgotten
  }

  /// A line an entry: the port, the meter and the address, between tabs.
  private static func write(_ entries: [Entry], in folder: String) throws(StateProblem) {
    let text = entries.map { "\($0.port)\t\($0.meter)\t\($0.address)\n" }.joined()
    let path = folder + "/tls"
    if let failure = Files.replace(path, with: text) { throw StateProblem(path, failure) }
  }

  private func held(in folder: String) throws(StateProblem) -> [Entry] {
    let path = folder + "/tls"
    guard let text = Files.text(path) else {
      // One that is there and cannot be read is not an empty one. Other files may lie between the folders.
      guard errno == ENOENT || errno == ENOTDIR else { throw StateProblem(path, errno) }
      return []
    }
    return text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard parts.count == 3, let port = Int(parts[0]) else { return nil }
      return Entry(meter: String(parts[1]), port: port, address: String(parts[2]))
    }
  }
}
