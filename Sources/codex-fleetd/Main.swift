import FleetDaemon

@main
enum Main {
  static func main() async { await DaemonCommand.run() }
}
