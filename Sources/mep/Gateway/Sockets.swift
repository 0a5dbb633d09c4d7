// SPDX-License-Identifier: Apache-2.0
import MEPTransport

/// Where the gateways of this computer let others ask their meters.
enum Sockets {
  /// Where this program's own gateway puts them: $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR/mep, or beside what it keeps.
  static var folder: String {
    // A unit may have several, with colons between them.
    if let folder = environment("RUNTIME_DIRECTORY")?.split(separator: ":").first { return String(folder) }
    return environment("XDG_RUNTIME_DIR").map { $0 + "/mep" } ?? State.folder
  }

  /// The socket of a meter; of the only one where no name is given.
  static func path(of name: String?) throws -> String {
    let folders = folder == "/run/mep" ? [folder] : [folder, "/run/mep"]
    // A gateway that was killed leaves its sockets behind.
    let paths = folders.flatMap { folder in
      Files.names(in: folder).filter { $0.hasSuffix(ending) }.map { "\(folder)/\($0)" }
    }.filter { LocalSocket.isHeard(at: $0) }
    if let name {
      if let path = paths.first(where: { $0.hasSuffix("/\(name)\(ending)") }) { return path }
    } else if paths.count == 1 {
      return paths[0]
    }
    let names = paths.compactMap { $0.split(separator: "/").last?.dropLast(ending.count) }.joined(separator: ", ")
    throw Failure(
      .other,
      paths.isEmpty
        ? "No gateway reads a meter here: looked in \(folders.joined(separator: " and ")). `mep serve` is one."
        : name == nil
          ? "The gateway reads \(names): say which, as in gateway:\(names.prefix { $0 != "," })."
          : "The gateway reads \(names), and no \(name ?? "").")
  }

  private static let ending = ".sock"
}
