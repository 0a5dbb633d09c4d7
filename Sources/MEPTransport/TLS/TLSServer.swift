// SPDX-License-Identifier: Apache-2.0
import MEP

/// A port's side of TLS: one session at a time, as the guide has it. It answers messages; who answers the request inside
/// one is the caller's business.
struct TLSServer {
  private var session: TLSSession?
  /// The handshake is over.
  private(set) var isOpen = false
  /// The last message of the handshake and what was answered, for a client that did not get it.
  private var last: (message: TLSMessage, answer: TLSMessage.Answer)?

  /// The keys of the port.
  var basic: AccessKey
  var advanced: AccessKey

  init(basic: AccessKey, advanced: AccessKey) {
    self.basic = basic
    self.advanced = advanced
  }

  /// Whose session it is.
  var identity: TLSIdentity? { isOpen ? session?.identity : nil }

  /// Power was lost, or the client said good-bye.
  mutating func end() {
    session = nil
    isOpen = false
    last = nil
  }

  enum Step {
    case answer(TLSMessage.Answer)
    /// The octets of a request, from its code on; answer it by ``seal(_:)``.
    case request([UInt8])
  }

  mutating func take(_ message: TLSMessage) -> Step {
    if let last, last.message == message { return .answer(last.answer) }
    switch message.kind {
    case .terminate:
      let wasThere = session != nil
      end()
      return .answer(TLSMessage.Answer(wasThere ? .ok : .invalidServiceSequenceState))
    case .handshake:
      end()
      let (basic, advanced) = (basic, advanced)
      session = try? TLSSession(key: { $0.level == .advanced ? advanced : basic })
      return .answer(handshake(message))
    case .handshakeContinued: return .answer(handshake(message))
    case .table:
      guard isOpen, let session else { return .answer(TLSMessage.Answer(.invalidServiceSequenceState)) }
      last = nil
      do throws(TLSFailure) { return .request(try session.open(message.octets)) } catch {
        end()
        return .answer(TLSMessage.Answer(.tlsError))
      }
    }
  }

  /// The answer to a request, as a message. A session that cannot seal is over.
  mutating func seal(_ response: Response) -> TLSMessage.Answer {
    do throws(TLSFailure) {
      guard let session else { throw .memory }
      let fits = response.body.count <= MessageLimit.inTLS
      return TLSMessage.Answer(.ok, try session.seal((fits ? response : .refused(.operationNotPossible)).body))
    } catch {
      end()
      return TLSMessage.Answer(.tlsError)
    }
  }

  private mutating func handshake(_ message: TLSMessage) -> TLSMessage.Answer {
    guard let session, !isOpen else {
      end()
      return TLSMessage.Answer(.invalidServiceSequenceState)
    }
    do throws(TLSFailure) {
      let step = try session.handshake(message.octets)
      isOpen = step.isOver
      let answer = TLSMessage.Answer(.ok, step.records)
      last = (message, answer)
      return answer
    } catch {
      // Before the client's keys have come it is its hello that is wrong.
      let code: ResponseCode = message.kind == .handshakeContinued ? .invalidIdentityOrKey : .tlsError
      end()
      return TLSMessage.Answer(code)
    }
  }
}
