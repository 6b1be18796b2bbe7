namespace GokaAkka.Actors;

/// <summary>The answer to the wish to start a partition again.</summary>
/// <param name="Wish">What becomes of it.</param>
/// <param name="Assigned">The partitions that the group has assigned to this node, as of the same moment.</param>
readonly record struct PartitionRestart(RestartWish Wish, IReadOnlyList<int> Assigned);

/// <summary>What becomes of the wish to start a partition again.</summary>
enum RestartWish
{
    /// <summary>It finishes what it has begun, closes its store and starts again.</summary>
    Begun,

    /// <summary>It is on its way out, and starts again by itself.</summary>
    AlreadyBegun,

    /// <summary>The partition is not this node's.</summary>
    NotHere,
}

/// <summary>Have a partition start again.</summary>
sealed record RestartPartition(int Partition, TaskCompletionSource<PartitionRestart> Answer);

/// <summary>Start again, though nothing has failed.</summary>
sealed record StartAgainAsAsked { public static readonly StartAgainAsAsked Instance = new(); }

/// <summary>Somebody wants the partition to start again: counted as a restart, not as a failure.</summary>
sealed class RestartAskedForException() : Exception("The partition starts again because somebody asked for it.");
