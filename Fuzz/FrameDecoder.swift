// SPDX-License-Identifier: Apache-2.0
// Whatever comes off the line, and however it is cut up: the same messages come out, and nothing traps or grows.
import MEP

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 1 else { return 0 }
  let octets = [UInt8](UnsafeBufferPointer(start: data + 1, count: count - 1))
  let size = Int(data[0] & 0x1F) + 1
  precondition(messages(in: octets, piece: octets.count) == messages(in: octets, piece: size))
  return 0
}

/// A message is believed when its octets add up to an even number: cheap, and as blind to lengths as a digest.
private func messages(in octets: [UInt8], piece: Int) -> [[UInt8]] {
  var buffer = FrameBuffer(shortest: MessageLimit.shortestResponse)
  var found: [[UInt8]] = []
  func drain(patient: Bool) {
    while true {
      let step = buffer.next(patient: patient) { message in
        guard message.reduce(0, &+) & 1 == 0 else { return false }
        found.append(Array(message))
        return true
      }
      switch step {
      case .wait: return
      case .alert: found.append([])
      case .message: break
      }
    }
  }
  var rest = octets[...]
  while !rest.isEmpty {
    buffer.append(rest.prefix(piece))
    rest = rest.dropFirst(piece)
    drain(patient: true)
  }
  while !buffer.isEmpty {
    drain(patient: false)
    buffer.silence()
  }
  for message in found { precondition(message.count <= MessageLimit.message) }
  return found
}
