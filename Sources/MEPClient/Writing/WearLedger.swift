// SPDX-License-Identifier: Apache-2.0
import Glibc
import MEPTransport
import Synchronization

/// Where what a meter's memory bears (``Wear``) is counted: before anything is sent, so that no write goes uncounted.
public final class WearLedger: Sendable {
  /// Nil for one that is forgotten with the program.
  private let folder: String?
  private let held: Mutex<Wear>

  /// Counts in memory, for one meter.
  public init(_ wear: Wear = Wear()) {
    folder = nil
    held = Mutex(wear)
  }

  /// Counts in a folder, a folder in it for each meter: several programs count together, and what one has counted
  /// outlives its being killed and power failures. Nothing is made there before there is something to count.
  public init(folder: String) {
    self.folder = folder
    held = Mutex(Wear())
  }

  /// Whether it tells meters apart.
  var isShared: Bool { folder != nil }

  /// Counts writes that belong together, or refuses all of them.
  ///
  /// - Parameters:
  ///   - meter: its serial number.
  ///   - anyway: counts them though the budget is spent.
  /// - Returns: what is counted now; and the seconds until the budget allows them, nil when they were counted.
  func spend(
    _ kind: Wear.Kind, _ writes: Int, of meter: String, at now: Int64, anyway: Bool
  ) throws(StateProblem) -> (wear: Wear, seconds: Int64?) {
    func spend(_ wear: inout Wear) -> Int64? {
      guard anyway else { return wear.spend(kind, writes, at: now) }
      wear.count(kind, writes, at: now)
      return nil
    }
    guard let folder else {
      return held.withLock { wear in
        let seconds = spend(&wear)
        return (wear, seconds)
      }
    }
    let own = MeterFolder.path(of: meter, in: folder)
    if let failure = Files.makeFolder(own) { throw StateProblem(own, failure) }
    let lock = try MeterFolder.lock(own + "/wear.lock")
    defer { close(lock) }
    let before = try Self.read(own + "/wear")
    var wear = before
    let seconds = spend(&wear)
    if wear != before, let failure = Files.replace(own + "/wear", with: wear.text) {
      throw StateProblem(own + "/wear", failure)
    }
    return (wear, seconds)
  }

  private static func read(_ path: String) throws(StateProblem) -> Wear {
    if let text = Files.text(path) { return Wear(text: text) }
    // One that is there and cannot be read is not an empty one.
    guard errno == ENOENT else { throw StateProblem(path, errno) }
    return Wear()
  }
}
