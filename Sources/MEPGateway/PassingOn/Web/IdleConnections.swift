// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Synchronization

/// The connections of a server on which nothing is being asked. Of more than so many the one that has been so the longest is
/// closed: those who only hold connections keep nobody from asking.
final class IdleConnections: Sendable {
  private let most: Int
  /// The longest first.
  private let idle = Mutex<[any Channel]>([])

  init(most: Int) { self.most = most }

  /// Watches one connection.
  var handler: any RemovableChannelHandler { Handler(self) }

  private func add(_ channel: any Channel) {
    let oldest = idle.withLock {
      $0.append(channel)
      return $0.count > most ? $0.removeFirst() : nil
    }
    oldest?.close(promise: nil)
  }

  private func remove(_ channel: any Channel) { idle.withLock { $0.removeAll { $0 === channel } } }

  private final class Handler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let connections: IdleConnections

    init(_ connections: IdleConnections) { self.connections = connections }

    func channelActive(context: ChannelHandlerContext) {
      connections.add(context.channel)
      context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      if case .head = unwrapInboundIn(data) { connections.remove(context.channel) }
      context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      // A head of 1xx is no answer yet, and has no end.
      if case .end = unwrapOutboundIn(data) { connections.add(context.channel) }
      context.write(data, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
      connections.remove(context.channel)
      context.fireChannelInactive()
    }
  }
}
