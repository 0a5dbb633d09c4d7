// SPDX-License-Identifier: Apache-2.0
import CMosquitto
import Foundation
import Glibc
import MEPTransport
import Synchronization

/// A client of an MQTT broker, by libmosquitto: it connects, and connects again whatever the broker says, on a thread of its
/// own, which ends with ``stop()``.
public final class MQTTClient: Sendable {
  public struct Settings: Sendable {
    public var host: String
    public var port: Int
    public var clientID: String
    public var user: String?
    /// The path of a file with the password.
    public var passwordFile: String?
    /// Nil for 5 where the library can be trusted with it, and 3.1.1 where it cannot.
    public var isVersion5: Bool?
    public var usesTLS = false
    /// A file of certificates to trust; those of the system where there is none.
    public var certificates: String?
    /// Seconds without a word after which either side takes the other for gone.
    public var keepAlive = 30
    /// Octets of a message that is taken. Others may publish what they like; nothing that is meant for a gateway is longer.
    public var longest = 1024

    public init(host: String, port: Int = 1883, clientID: String) {
      (self.host, self.port, self.clientID) = (host, port, clientID)
    }
  }

  public struct Message: Sendable, Equatable {
    public let topic: String
    public let payload: [UInt8]
    /// 0 or 1: whether the broker has to say that it has it.
    public var qos: Int32
    /// Whether the broker gives it to those who come later.
    public var isRetained: Bool

    public init(_ topic: String, _ payload: some Sequence<UInt8>, qos: Int32 = 0, isRetained: Bool = false) {
      (self.topic, self.payload, self.qos, self.isRetained) = (topic, Array(payload), qos, isRetained)
    }
  }

  public enum Event: Sendable, Equatable {
    case connected
    /// Why; it is tried again.
    case disconnected(String)
    case message(Message)
  }

  public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    init(_ code: Int32) { description = String(cString: mosquitto_strerror(code)) }
    init(_ words: String) { description = words }
  }

  public let settings: Settings
  /// What happens, in its order. Who does not keep up misses the oldest of it.
  public let events: AsyncStream<Event>
  private let happens: AsyncStream<Event>.Continuation
  /// The library's own: its functions may be called from any thread.
  private nonisolated(unsafe) let handle: OpaquePointer
  private let state = Mutex(State())

  private struct State {
    var isConnected = false
    var isRefused = false
    /// Those who wait for the broker's word, by the message's number.
    var waiting: [Int32: CheckedContinuation<Void, any Error>] = [:]
    /// How many messages are being handed to the library: only meanwhile an answer may come before anybody waits for it.
    var handing = 0
    var answered: Set<Int32> = []
    var isStopped = false

    /// All that was of the connection that has ended.
    mutating func end() { (isConnected, waiting, answered) = (false, [:], []) }

    /// Whether the broker has refused the connection that ends.
    mutating func takeRefusal() -> Bool {
      defer { isRefused = false }
      return isRefused
    }

    mutating func hasHanded() {
      handing -= 1
      if handing == 0 { answered = [] }
    }
  }

  /// - Parameter will: what the broker says for it once it is gone without a word.
  public init(_ settings: Settings, will: Message) throws(Failure) {
    self.settings = settings
    _ = Self.library
    guard let handle = mosquitto_new(settings.clientID, true, nil) else { throw Failure(errno) }
    self.handle = handle
    (events, happens) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(256))
    mosquitto_user_data_set(handle, Unmanaged.passUnretained(self).toOpaque())
    do throws(Failure) { try prepare(will) } catch {
      mosquitto_destroy(handle)
      throw error
    }
  }

  deinit { mosquitto_destroy(handle) }

  /// Whether no broker can end this program by what it sends: before 2.0.16 the library stops at a property of MQTT 5 that it
  /// does not know.
  public static let isVersion5Safe: Bool = {
    var (major, minor, revision): (Int32, Int32, Int32) = (0, 0, 0)
    mosquitto_lib_version(&major, &minor, &revision)
    return (major, minor, revision) >= (2, 0, 16)
  }()

  private var speaksVersion5: Bool { settings.isVersion5 ?? Self.isVersion5Safe }

  /// Once in a process, and not from two threads at once.
  private static let library: Void = { mosquitto_lib_init() }()

  private func prepare(_ will: Message) throws(Failure) {
    let version = speaksVersion5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311
    try Self.check(mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, version))
    try Self.check(
      mosquitto_will_set(handle, will.topic, Int32(will.payload.count), will.payload, will.qos, will.isRetained))
    if let user = settings.user {
      var password: String?
      if let path = settings.passwordFile {
        password = Files.firstLine(path)
        if password == nil { throw Failure("\(path) cannot be read: \(String(cString: strerror(errno)))") }
      }
      try Self.check(mosquitto_username_pw_set(handle, user, password))
    }
    if settings.usesTLS {
      try Self.check(
        mosquitto_tls_set(
          handle, settings.certificates, settings.certificates == nil ? "/etc/ssl/certs" : nil, nil, nil, nil))
    }
    mosquitto_connect_callback_set(handle) { _, context, code in
      let client = MQTTClient.from(context)
      guard code == 0 else {
        client.state.withLock { $0.isRefused = true }
        return client.note(.disconnected(client.words(ofRefusal: code)))
      }
      client.state.withLock { $0.isConnected = true }
      client.note(.connected)
    }
    mosquitto_disconnect_callback_set(handle) { _, context, code in
      let client = MQTTClient.from(context)
      // Whoever is refused has been told why.
      if client.state.withLock({ $0.takeRefusal() }) { return }
      client.lost(MQTTClient.words(of: code))
    }
    mosquitto_publish_callback_set(handle) { _, context, number in MQTTClient.from(context).answered(number) }
    mosquitto_message_callback_set(handle) { _, context, message in
      let client = MQTTClient.from(context)
      guard let message = message?.pointee, let topic = message.topic, message.payloadlen <= client.settings.longest
      else { return }
      let payload = UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen))
      client.note(
        .message(Message(String(cString: topic), payload, qos: message.qos, isRetained: message.retain)))
    }
  }

  /// Why the broker does not take the connection.
  private func words(ofRefusal code: Int32) -> String {
    String(cString: speaksVersion5 ? mosquitto_reason_string(code) : mosquitto_connack_string(code))
  }

  /// Why a connection has ended, where the library's own words would not tell.
  private static func words(of code: Int32) -> String {
    switch mosq_err_t(code) {
    case MOSQ_ERR_SUCCESS: "the connection was closed"
    case MOSQ_ERR_ERRNO: "the connection broke"
    case MOSQ_ERR_KEEPALIVE: "it has said nothing for too long"
    // With MQTT 5 it may be what the broker says.
    default: String(cString: code >= 0x80 ? mosquitto_reason_string(code) : mosquitto_strerror(code))
    }
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> MQTTClient {
    Unmanaged<MQTTClient>.fromOpaque(context!).takeUnretainedValue()
  }

  private static func check(_ code: Int32) throws(Failure) {
    guard code == MOSQ_ERR_SUCCESS.rawValue else { throw Failure(code) }
  }

  // MARK: Use

  public var isConnected: Bool { state.withLock { $0.isConnected } }

  /// Begins to connect; what comes of it is told by ``events``. A broker that is not there yet is tried again.
  public func start() throws(Failure) {
    try Self.check(mosquitto_threaded_set(handle, true))
    // There the host's name is looked up as well, which may take long.
    Thread.detachNewThread { self.loop() }
  }

  /// The library's own loop would come again each second to whoever throws it out, and give up where a broker refuses it.
  private func loop() {
    var pause: UInt32 = 1
    tell(mosquitto_connect_async(handle, settings.host, Int32(settings.port), Int32(settings.keepAlive)))
    while !isStopped {
      let begun = ContinuousClock.now
      var code = MOSQ_ERR_SUCCESS.rawValue
      while code == MOSQ_ERR_SUCCESS.rawValue, !isStopped { code = mosquitto_loop(handle, 1000, 1) }
      if isStopped { break }
      if isConnected { lost(Self.words(of: code)) }
      if ContinuousClock.now - begun > .seconds(60) { pause = 1 }
      sleep(pause)
      pause = min(60, pause * 2)
      if isStopped { break }
      tell(mosquitto_reconnect(handle))
    }
    // It may have been stopped while it was about to connect; and nobody else writes what is to be said.
    mosquitto_disconnect(handle)
    mosquitto_loop_write(handle, 1)
  }

  private var isStopped: Bool { state.withLock { $0.isStopped } }

  /// A name that cannot be looked up is told by nothing else.
  private func tell(_ code: Int32) {
    if code != MOSQ_ERR_SUCCESS.rawValue { note(.disconnected("\(settings.host): \(Failure(code))")) }
  }

  /// Says good-bye: the will is then not said.
  public func stop() {
    state.withLock { $0.isStopped = true }
    // Not waited for: the thread may be about to connect to somebody who is not there.
    mosquitto_disconnect(handle)
    lost("stopped")
    happens.finish()
  }

  /// Connects anew: a broker that no longer answers is told from one that has nothing to say by nothing else.
  public func reconnect() {
    // The thread finds that it has ended, and does the rest: the library's own call would do it under its hands.
    shutdown(mosquitto_socket(handle), Int32(SHUT_RDWR))
  }

  public func subscribe(_ topic: String) throws(Failure) {
    try Self.check(mosquitto_subscribe(handle, nil, topic, 1))
  }

  /// Publishes a message, and waits until the broker has it, where it is to say so.
  public func publish(_ message: Message) async throws {
    guard isConnected else { throw Failure("there is no connection to the broker") }
    var number: Int32 = 0
    state.withLock { $0.handing += 1 }
    let code = mosquitto_publish(
      handle, &number, message.topic, Int32(message.payload.count), message.payload, message.qos, message.isRetained)
    guard code == MOSQ_ERR_SUCCESS.rawValue, message.qos > 0 else {
      state.withLock { $0.hasHanded() }
      return try Self.check(code)
    }
    try await answer(to: number)
  }

  /// Publishes a message; a broker that says nothing for so long is connected to anew.
  public func publish(_ message: Message, within patience: Duration) async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await self.publish(message)
        return true
      }
      group.addTask {
        try await Task.sleep(for: patience)
        return false
      }
      defer { group.cancelAll() }
      if try await group.next() == false {
        reconnect()
        throw Failure("the broker has not answered for \(patience.components.seconds) s")
      }
    }
  }

  private func answer(to number: Int32) async throws {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let result: Result<Void, any Error>? = state.withLock { state in
          defer { state.hasHanded() }
          if state.answered.remove(number) != nil { return .success(()) }
          guard state.isConnected, !Task.isCancelled else { return .failure(Failure("the connection has ended")) }
          state.waiting[number] = continuation
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(throwing: CancellationError())
    }
  }

  private func answered(_ number: Int32) {
    let waiting: CheckedContinuation<Void, any Error>? = state.withLock { state in
      if let waiting = state.waiting.removeValue(forKey: number) { return waiting }
      if state.handing > 0 { state.answered.insert(number) }
      return nil
    }
    waiting?.resume()
  }

  private func lost(_ reason: String) {
    let waiting = state.withLock { state in
      defer { state.end() }
      return state.waiting.values
    }
    for continuation in waiting { continuation.resume(throwing: Failure("the connection has ended: \(reason)")) }
    note(.disconnected(reason))
  }

  private func note(_ event: Event) { happens.yield(event) }
}
