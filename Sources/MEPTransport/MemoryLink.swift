// SPDX-License-Identifier: Apache-2.0
import MEP

/// One end of a null modem inside the program.
public final class MemoryLink: Link {
  public let description: String
  private let inbox: Mailbox<UInt8>
  private let outbox: Mailbox<UInt8>

  private init(_ description: String, inbox: Mailbox<UInt8>, outbox: Mailbox<UInt8>) {
    self.description = description
    self.inbox = inbox
    self.outbox = outbox
  }

  /// Two links that are joined: what one sends the other receives, at once.
  public static func pair() -> (MemoryLink, MemoryLink) {
    let (a, b) = (Mailbox<UInt8>(), Mailbox<UInt8>())
    return (MemoryLink("memory a", inbox: a, outbox: b), MemoryLink("memory b", inbox: b, outbox: a))
  }

  public func receive(until deadline: Instant?) async throws(LinkError) -> [UInt8] {
    try await inbox.take(until: deadline)
  }

  public func send(_ octets: [UInt8]) async throws(LinkError) {
    if Task.isCancelled { throw .cancelled }
    if let end = outbox.end { throw end }
    outbox.deliver(octets)
  }

  public func close() {
    outbox.finish(.closed("the other end of the memory link was closed, make a new pair"))
    inbox.finish(.closed("this end of the memory link was closed, make a new pair"))
    _ = inbox.drain()
  }
}
