// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables

/// Why a meter could not be read or written. Every description says what to do next.
public enum MeterError: Error, Sendable {
  /// The cable, the port or the connection.
  case link(LinkError)
  /// No answer that can be believed.
  case exchange(ExchangeError, TableID)
  /// The meter answered, and refused.
  case refused(ResponseCode, TableID)
  /// The meter's dimensions do not fit the table.
  case layout(LayoutError)
  /// There is no field of that path; the closest ones.
  case noSuchField(TableID, String, closest: [String])
  /// The configuration, or the table itself, changed again and again while the table was read.
  case unsettled(TableID)
  /// Fewer octets came than were asked for.
  case short(TableID, wanted: Int, got: Int)
  /// What a list says of its entries cannot be.
  case inconsistent(TableID)
  /// A value has none of the meanings that the guide gives it, and what was asked for cannot be told without.
  case notUnderstood(TableID, StaticString)
  /// It cannot be told whether a write was carried out.
  case outcomeUnknown(TableID)
  /// A procedure ended with a result code other than "completed".
  case procedure(ProcedureAnswer)
  /// The table cannot be written, or not with this key; nothing was sent.
  case notAllowed(TableID, Table.Access)
  /// A path that is to be given one value names several fields.
  case severalFields(TableID, String)
  /// The field cannot take the value.
  case badValue(TableID, String, String)
  /// The meter accepted a write, and what is read back is something else.
  case notKept(TableID)
  /// The tables of the load profile make no sense, alone or together.
  case loadProfile(LoadProfile.Problem)
  /// What a device at a MEP port wanted cannot be had.
  case device(MEPDevice.Problem)
  /// The display cannot show the message.
  case message(ScheduledMessage.Flaw)
  /// The form of a procedure's parameters is a guess, and nobody has said that it may be sent all the same.
  case unproven(ProcedureID)
  /// A transaction came to nothing, or to nobody knows what.
  case transaction(TransactionProblem)
  /// The values that were given are not the procedure's parameters; nothing was sent.
  case parameters(ProcedureID, ParameterProblem)
  /// The day's budget of what wears the meter's memory is spent; how many seconds until it is not.
  case worn(Wear.Kind, seconds: Int64)
  /// What wears the meter's memory cannot be counted; nothing was sent.
  case uncounted(StateProblem)
  /// What is known of meters that have spoken TLS cannot be read or kept; nothing was asked by digests.
  case forgetful(StateProblem)
  /// The meter does not speak TLS at this port, and has before; nothing was asked by digests.
  case hasSpokenTLS(TLSMemory.Entry)
  /// The meter's configuration has changed since the change was planned; nothing was sent.
  case outdated(TableID)
  /// A change came no further.
  indirect case unfinished(Unfinished)
}

extension MeterError {
  /// Whether the meter takes neither the key nor, in TLS, its identity: asking again with the same one hammers the meter.
  public var isOfKey: Bool {
    guard case .exchange(let error, _) = self else { return false }
    switch error.reason {
    case .keyNotAccepted, .identityNotAccepted: return true
    default: return false
    }
  }
}

extension MeterError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .link(let error): error.description
    case .exchange(let error, let table): Self.describe(error, table)
    case .refused(let code, let table):
      "The meter refused \(table): 0x\(Hex.text([code.rawValue]).uppercased()), \"\(code.words)\"." + Self.advice(code)
    case .layout(let error): error.description
    case .noSuchField(let table, let path, let closest):
      "\(table) has no field \"\(path)\"."
        + (closest.isEmpty ? "" : " Did you mean \(closest.joined(separator: ", "))?")
        + " `mep describe \(table)` lists them."
    case .unsettled(let table):
      "The meter's configuration, or \(table) itself, kept changing while \(table) was read: try again in a minute."
    case .short(let table, let wanted, let got):
      "\(table) of this meter ends before what was asked for: \(got) of \(wanted) octets came. Its firmware may be "
        + "older; read the whole table to see what it has."
    case .inconsistent(let table):
      "The header of \(table) points to an entry that the table does not have: its entries cannot be put in order. "
        + "`mep read \(table)` shows what the meter sent."
    case .notUnderstood(let table, let what):
      "The \(what) in \(table) is nothing that the guide knows: nothing was made of it. `mep read \(table)` shows what "
        + "the meter sent."
    case .outcomeUnknown(let table):
      "The answer to a write to \(table) was lost, and reading it back did not tell whether it was carried out: read "
        + "\(table) before you write again."
    case .procedure(let answer): Self.describe(answer)
    case .transaction(let problem): problem.description
    case .parameters(let procedure, .missing(let name)):
      "\(procedure) needs \(name) as well: `mep describe \(procedure)` tells its parameters."
    case .parameters(let procedure, .unknown(let name, let names)):
      "\(procedure) has no parameter \"\(name)\". "
        + (names.isEmpty ? "None are public: give --octets." : "It takes \(names.joined(separator: ", ")).")
    case .parameters(let procedure, .bad(let name, let value)):
      "\(name) of \(procedure) cannot take \"\(value)\": `mep describe \(procedure)` tells its type and what it can mean."
    case .notAllowed(let table, .none): "\(table) can be read only: nothing was sent."
    case .notAllowed(let table, let access):
      "\(table) takes writes with the \(access.words.description) only, and the key is the MBK: nothing was sent."
    case .severalFields(let table, let path):
      "\"\(path)\" names several fields of \(table): give each one its value. `mep read \(table).\(path)` lists them."
    case .badValue(let table, let path, let value):
      "\(table).\(path) cannot take \"\(value)\": `mep describe \(table)` tells its type, its unit and what it can mean."
    case .notKept(let table):
      "The meter accepted the write to \(table), but what is read back is something else: it did not keep it, or another "
        + "client wrote as well. Read \(table) before you write again."
    case .loadProfile(.absent(let table)):
      "This meter's load profile has no such data set: `mep read \(table)` lists those that it has."
    case .loadProfile(let problem):
      "\(problem) Read it again; if it stays so, please report it with a transcript of BT61, BT62, BT63 and ET21."
    case .device(let problem): problem.description
    case .message(let flaw): flaw.description
    case .unproven(let procedure):
      "What the parameters of \(procedure) look like is not public: this program has a guess that no meter has proven. "
        + "--unproven sends it all the same; nothing was sent."
    case .worn(let kind, let seconds):
      "The meter's memory bears \(Wear.budget) \(kind.words) a day, and these are spent: nothing was sent. The next one is "
        + "due in \((seconds + 59) / 60) min; --wear-anyway goes on all the same, at the cost of the meter's life."
    case .uncounted(let problem):
      "What wears the meter's memory is counted in \(problem.path), and that cannot be (\(problem.reason)): nothing was "
        + "sent. Mend that, or name another folder in XDG_STATE_HOME."
    case .forgetful(let problem):
      "Which meters have spoken TLS is kept in \(problem.path), and that cannot be (\(problem.reason)). Mend that, or name "
        + "another folder in XDG_STATE_HOME."
    case .hasSpokenTLS(let entry):
      "Meter \(entry.meter) has spoken TLS at its MEP port \(entry.port), and does not now: somebody else may answer in its "
        + "place, or your grid company has changed it. It is not asked without TLS. If you know why, `mep forget "
        + "\(entry.meter)` lets it be."
    case .outdated(let table):
      "The meter's configuration has changed since it was looked at, and \(table) may have other fields in these places: "
        + "nothing was sent. Try again."
    case .unfinished(let change): change.description
    }
  }

  private static func describe(_ answer: ProcedureAnswer) -> String {
    let id = ProcedureID(number: answer.number)
    let words = Procedure.words(for: answer.result, of: Catalogue.procedure(id))
    let what = answer.result == 1 ? "is not complete" : "was not carried out"
    return "\(id) \(what): result \(answer.result), \"\(words)\"."
  }

  private static func describe(_ error: ExchangeError, _ table: TableID) -> String {
    let open =
      error.mayHaveBeenExecuted ? " It is not known whether the write was carried out: read it back first." : ""
    switch error.reason {
    case .noAnswer:
      return "The meter did not answer. Check that the cable sits in the MEP port, that the port's ENABLE pin is "
        + "driven (`enable=rts` or `enable=dtr`), that TX and RX are not swapped and that your grid company has opened "
        + "the port; one that takes TLS only may be silent to `--security digest`. `mep doctor` finds out which it is."
        + open
    case .echo:
      return "The line gives back what is sent, and the meter does not answer: TX and RX touch, or the adapter listens "
        + "to itself. Separate the two lines." + open
    case .digest:
      return "Answers came, but none of them passed its digest: look for noise, a loose plug or too weak a supply of "
        + "the ENABLE pin. Nothing was decoded." + open
    case .malformed(let flaw):
      return "The answer for \(table) passed its digest but not the check of its lengths (\(flaw)). Nothing was "
        + "decoded; if it stays so, please report it (CONTRIBUTING.md tells how)." + open
    case .keyNotAccepted:
      return "The meter did not accept the key (0x0B, \"Authentication failure\"). Check that the key is this meter's "
        + "and that the file holds the 16 to 20 characters as your grid company gave them; a port that takes TLS only may say "
        + "the same to `--security digest`." + open
    case .sequenceNumber:
      return "The meter kept refusing the sequence number (0x0C): another client may be using the same port. Stop it "
        + "and try again." + open
    case .noTLS:
      return "The meter answers at this port, but does not speak TLS there." + open
    case .identityNotAccepted:
      return "The meter did not accept the key for a TLS session (0x03). Check that the key is this meter's, that its "
        + "level (MBK or MAK) is the one that was said, and that the file holds the 16 to 20 characters as your grid "
        + "company gave them." + open
    case .tls(let code):
      let what = code == 0 ? "The meter ended it." : TLSFailure.library(code).description
      return "The TLS session with the meter broke and could not be opened again. \(what) Look for noise on the line, "
        + "or a second client." + open
    case .requestTooLong where table == .basic(7):
      return "BT07 of this meter does not hold so many octets of parameters: `mep transaction call` does."
    case .requestTooLong: return "The request is longer than a message can be: ask for less at a time."
    }
  }

  private static func advice(_ code: ResponseCode) -> String {
    switch code {
    case .noPermission:
      " The key in use does not allow it: reading and writing more needs the MAK. Where nothing can be read, the port may take "
        + "TLS only."
    case .operationNotPossible, .tableOperationNotPossible:
      " This meter may not have the table, or not as much of it: `mep read BT00` tells which tables it has."
    case .invalidServiceSequenceState: " The port may require TLS."
    default: ""
    }
  }
}
