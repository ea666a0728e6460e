/// Which release of the programs this is.
public enum ProductVersion {
  /// The version, in the form of semver.org.
  public static let current = "0.1.0"
}
