internal import Fleet
internal import FleetServer
internal import Logging

extension Daemon {
  /// How long nobody may be able to connect before the daemon sees to it.
  private static let pause = Duration.seconds(10)

  /// Makes the daemon's own socket again where its file was removed, until the calling task is cancelled. What systemd
  /// has made only systemd can make again.
  func keepSocket() async {
    guard !isActivated else { return }
    var told: ListeningError?
    while (try? await clock.sleep(for: Self.pause)) != nil {
      do throws(ListeningError) {
        if try await server.restoreSocket() {
          logger.warning("the socket's file was gone; it is there again", metadata: ["socket": "\(server.socketPath)"])
        }
        told = nil
      } catch {
        if error != told { logger.error("nobody can connect, for the socket's file is gone: \(error)") }
        told = error
      }
    }
  }
}
