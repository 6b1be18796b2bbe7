namespace GokaAkka.Samples.Progress;

/// <summary>What a sample is at, at one moment.</summary>
/// <param name="State">In a word or two.</param>
/// <param name="Figures">Names and values, in order of importance.</param>
/// <param name="Partitions">The partitions processed here.</param>
sealed record Snapshot(string State, IReadOnlyList<(string Name, string Value)> Figures, IReadOnlyList<PartitionRow> Partitions);

/// <summary>A partition, at one moment.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="State">What it is at.</param>
/// <param name="Processed">Records processed here.</param>
/// <param name="Rate">Records processed per second, lately.</param>
/// <param name="Restored">Changelog records read to restore its table.</param>
/// <param name="Error">Its last failure, or null.</param>
sealed record PartitionRow(int Partition, string State, long Processed, double Rate, long Restored, string? Error);
