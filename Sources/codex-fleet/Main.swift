import FleetCommand

@main
enum Main {
  static func main() async { await ClientProgram.run() }
}
