// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEP
import MEPClient
import OSGPTables

struct TransactionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transaction",
    abstract: "Has the meter carry out several steps together: reads, writes, calls.",
    discussion: """
      Each of the words read, write and call begins a step, or several; what follows
      them is as in the commands of these names:
        mep transaction read BT23 BT28.rms_voltage_l1
        mep transaction write ET50.mep_inbound_configuration[0].m_bus_alerts=yes \\
          read ET50 call EP17 action=0 device_handle=1000
      Nobody else's requests come in between, and what is read is of one moment, but
      for a few tenths of a second. When power fails, the meter carries all of it out
      again: what must not be done twice cannot be a step. Each step is done or
      refused for itself. The meter's memory bears 100 writes of transactions a day,
      which are counted; one that is longer than a message takes two or more.
      """)

  @Argument(help: ArgumentHelp("read TABLE[.FIELD]…, write TABLE.FIELD=VALUE…, call PROCEDURE NAME=VALUE…"))
  var steps: [String]

  @Flag(help: "Call EP39, too, whose parameters are a guess: see `mep help call`.")
  var unproven = false

  @Flag(help: "Change what touches billing, supply, security or the clock, too.")
  var yes = false

  @Flag(help: "Say what would be done, and write nothing.")
  var dryRun = false

  @Flag(help: "JSON: one object a step, a line each.")
  var json = false

  @OptionGroup var options: WriteOptions

  func validate() throws { _ = try TypedStep.parse(steps, unproven: unproven) }

  func run() async throws {
    let typed = try TypedStep.parse(steps, unproven: unproven)
    try await options.change { meter in
      var planned: [PlannedStep] = []
      for step in typed { planned.append(try await PlannedStep(step, of: meter)) }
      let steps = planned.flatMap(\.steps)
      guard !steps.isEmpty else { return try show(planned.map { ($0, []) }, .one) }
      let plan: TransactionPlan
      do throws(MeterError) { plan = try await meter.plan(steps) } catch {
        guard case .transaction(.refused(let refusal)) = error else { throw error }
        throw MeterError.transaction(.refused(refusal.ofSteps(planned.map(\.steps.count))))
      }
      let consequences = Consequence.allCases.filter { one in planned.contains { $0.consequences.contains(one) } }
      try Consequence.confirm(consequences, of: "This transaction", yes: yes || dryRun)
      if dryRun {
        for (i, step) in planned.enumerated() { Output.line("\(i + 1). \(step.title)") }
        let writes = plan.writes == 1 ? "one write" : "\(plan.writes) writes"
        return Output.line("\(plan.octets) octets, \(writes) of ET52. Nothing was written.")
      }
      var rest = try await meter.carryOut(steps)[...]
      let answered = planned.map { step in
        defer { rest = rest.dropFirst(step.steps.count) }
        return (step: step, answers: Array(rest.prefix(step.steps.count)))
      }
      // What was carried out is shown, though the unit be not to be had.
      let unit = (try? await meter.energyUnit(of: answered.map { $0.step.report($0.answers) })) ?? .unknown
      try show(answered, unit)
    }
  }

  private func show(
    _ answered: [(step: PlannedStep, answers: [TransactionAnswer])], _ unit: EnergyRegisterUnit
  ) throws {
    var first: MeterError?
    let time = Clock.now()
    for (i, (step, answers)) in answered.enumerated() {
      let outcome = step.outcome(answers, unit: unit)
      if json {
        Output.line(JSON.object([("step", .integer(Int64(i + 1)))] + outcome.members + [("done_at", .string(time))]))
      } else {
        Output.line((i > 0 ? "\n" : "") + "\(i + 1). " + outcome.lines.joined(separator: "\n"))
      }
      guard let error = outcome.error else { continue }
      Exit.complain("step \(i + 1): \(error.description)")
      first = first ?? error
    }
    if let first { throw ExitCode(Exit.code(of: first).rawValue) }
  }
}
