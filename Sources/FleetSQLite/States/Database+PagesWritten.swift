internal import GRDB
internal import GRDBSQLite

extension Database {
  /// How many pages this connection has written since it was opened, as SQLite counts them; it only grows, and may wrap.
  var pagesWritten: Int32 {
    var (count, highest): (Int32, Int32) = (0, 0)
    sqlite3_db_status(sqliteConnection, SQLITE_DBSTATUS_CACHE_WRITE, &count, &highest, 0)
    return count
  }
}
