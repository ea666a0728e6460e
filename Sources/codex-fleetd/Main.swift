import FleetDaemon

@main
enum Main {
  static func main() { DaemonCommand.start() }
}
