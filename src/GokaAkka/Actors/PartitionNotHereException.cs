namespace GokaAkka.Actors;

/// <summary>A partition is not on this node, or is not complete yet: an answer from it could be wrong, so there is none.</summary>
public sealed class PartitionNotHereException : InvalidOperationException
{
    internal PartitionNotHereException(string owner, int partition, string key, Enum state)
        : base(partition < 0
            ? $"'{owner}' is {state} and does not know its partitions. Wait for Ready."
            : $"Partition {partition} of '{owner}'{(key.Length > 0 ? $", where key '{key}' belongs," : "")} is not on this node or not restored yet; "
            + $"the state is {state}.")
    {
        Owner = owner;
        Partition = partition;
    }

    /// <summary>The group or view.</summary>
    public string Owner { get; }

    /// <summary>The partition, or -1 while the number of partitions is not known.</summary>
    public int Partition { get; }
}
