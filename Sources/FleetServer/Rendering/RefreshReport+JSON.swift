internal import Fleet
internal import JSON

extension RefreshReport {
  /// The result of `fleet.refresh` as bytes.
  func json() -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: 160 + outcomes.count * 120)
    writer.beginObject()
    writer.key("ok")
    writer.bool(true)
    writer.key("usageWritten")
    writer.bool(usageWritten)
    writer.key("accountCount")
    writer.integer(accountCount)
    writer.key("attemptedCount")
    writer.integer(attemptedCount)
    writer.key("generatedAt")
    writer.string(generatedAt.rfc3339)
    writer.key("outcomes")
    writer.beginArray()
    for outcome in outcomes { writer.object(outcome.jsonObject) }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }
}
