namespace GokaAkka.Actors;

/// <summary>What becomes of the wish to start a partition again.</summary>
enum PartitionRestart
{
    /// <summary>It finishes what it has begun, closes its store and starts again.</summary>
    Begun,

    /// <summary>It has failed and is about to start again anyway.</summary>
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
