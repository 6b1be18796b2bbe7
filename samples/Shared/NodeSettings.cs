namespace GokaAkka.Samples;

/// <summary>Where a sample runs.</summary>
/// <param name="Sample">The sample's name.</param>
/// <param name="Bootstrap">A running cluster, or null for an embedded broker.</param>
/// <param name="Control">The control port of a running embedded broker, or null.</param>
/// <param name="Group">The consumer group.</param>
/// <param name="Store">Where local stores are kept, or null for a temporary place.</param>
/// <param name="Partitions">Partitions of topics made on the embedded broker.</param>
/// <param name="Verbose">Whether the library's log is shown.</param>
sealed record NodeSettings(
    string Sample, string? Bootstrap, string? Control, string Group, string? Store, int Partitions, bool Verbose);
