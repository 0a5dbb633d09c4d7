// SPDX-License-Identifier: Apache-2.0
import MEPTransport

/// Who has started this program as a service, and waits for its word: systemd, by a datagram to $NOTIFY_SOCKET.
enum ServiceManager {
  /// Says that the service is ready, and that it is alive for as long as it is.
  static func attend(isAlive: @Sendable () async -> Bool) async {
    guard let socket = environment("NOTIFY_SOCKET") else { return }
    LocalSocket.tell(socket, "READY=1")
    let microseconds = environment("WATCHDOG_USEC").flatMap { Int($0) } ?? 0
    // Half of what it would wait.
    let interval = Duration.microseconds(microseconds > 0 ? microseconds / 2 : Int.max / 4)
    while (try? await Task.sleep(for: interval)) != nil {
      if await isAlive(), !Task.isCancelled { LocalSocket.tell(socket, "WATCHDOG=1") }
    }
  }

  /// Says that it ends: it has so long for it as the unit says, and is not asked whether it is alive.
  static func isEnding() {
    if let socket = environment("NOTIFY_SOCKET") { LocalSocket.tell(socket, "STOPPING=1") }
  }
}
