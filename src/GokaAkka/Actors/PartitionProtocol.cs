namespace GokaAkka.Actors;

/// <summary>Finish what is begun, commit, stop.</summary>
sealed record Drain { public static readonly Drain Instance = new(); }

/// <summary>Stop at once; nothing is committed.</summary>
sealed record Discard { public static readonly Discard Instance = new(); }

/// <summary>Visit every key.</summary>
sealed record StartVisit<TState>(VisitRun<TState> Run);

/// <summary>A partition processes records, and had processed so many before, in earlier lives on this node.</summary>
sealed record PartitionReady(int Partition, int Generation, long Processed);

/// <summary>A partition has failed and stops.</summary>
sealed record PartitionFailed(int Partition, int Generation, Exception Error);

/// <summary>What was sent on the producer there was may be lost: start again, on another one.</summary>
sealed record ProducerReplaced(Exception Error);
