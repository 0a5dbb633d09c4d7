// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import MEPGateway

/// Which gateway's database.
struct StoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The gateway's database, where no configuration names it.", valueName: "file"))
  var store: String?

  @OptionGroup var file: ConfigurationFile

  /// Where it is, and the time zone of the house.
  func configuration() throws -> Configuration {
    if let store { return Configuration(storePath: store) }
    return try file.read()
  }
}

/// Does something with a database, and says what is wrong with it.
func withStore<T>(_ path: String, _ body: () async throws(StoreError) -> T) async throws -> T {
  do throws(StoreError) { return try await body() } catch { throw Failure(.other, "\(path): \(error.description)") }
}
