// SPDX-License-Identifier: Apache-2.0
import MEP
import OSGPTables

extension Meter {
  /// Posts a registered client's data, or clears an alert (EP39). **Unproven**: see ``Procedure/ep39``.
  ///
  /// - Parameter unproven: whoever calls it has to say that he knows the form of it to be a guess.
  public func post(_ post: PostMEPData, unproven: Bool) async throws(MeterError) {
    guard unproven else { throw .unproven(PostMEPData.procedure.id) }
    let limit = Int(try await single(.bt00, "procedure_parameter_length") ?? 255)
    guard post.octets.count <= limit else { throw .device(.tooLong(octets: post.octets.count, limit: limit)) }
    try await call(post)
  }
}
