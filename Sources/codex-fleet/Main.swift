import FleetCommand

@main
enum Main {
  static func main() { ClientProgram.start() }
}
