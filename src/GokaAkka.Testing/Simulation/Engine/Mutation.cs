namespace GokaAkka.Testing.Simulation;

/// <summary>A defect that is built in to see whether the simulation finds it. Each sits in what surrounds the production classes here, never in them.</summary>
enum Mutation
{
    /// <summary>goka's H1: an offset is committed as soon as its own record is acknowledged, whatever became of earlier ones.</summary>
    CommitsEachRecordOnItsOwn,

    /// <summary>goka's H2: brokers acknowledge what only the leader has.</summary>
    AcksOfLeaderAlone,

    /// <summary>goka's H3: the local store gets a value before its changelog record is acknowledged.</summary>
    StoreBeforeAcknowledgement,

    /// <summary>goka's H5: a store that reaches beyond its changelog's end is taken for restored.</summary>
    TrustsStoreBeyondEnd,

    /// <summary>What has been processed is committed, acknowledged or not.</summary>
    CommitsWhatIsProcessed,

    /// <summary>Partitions that were lost have their offsets committed all the same, once the member is back in the group.</summary>
    CommitsOnLost,

    /// <summary>A flush is written before its changelog records are acknowledged.</summary>
    FlushesBeforeAcknowledgement,

    /// <summary>The loop's offsets are never committed.</summary>
    ForgetsLoopOffset,

    /// <summary>A partition processes records before its table is restored.</summary>
    ServesBeforeRestored,

    /// <summary>The coordinator accepts commits of members that are gone and of generations that are over.</summary>
    StaleGenerationCommits,

    /// <summary>Batches read for an earlier life of a partition are processed by the next one.</summary>
    StaleGenerationBatches,

    /// <summary>A partition that starts again goes on behind what it had been given, not behind what it had done.</summary>
    RestartsBehindWhatWasRead,

    /// <summary>Brokers do not recognize a batch that they have already.</summary>
    NotIdempotent,

    /// <summary>The store's position is written without the values it stands for when the process dies.</summary>
    PositionWithoutValues,

    /// <summary>The store does not know which record it ends with, so that a topic made anew is not noticed.</summary>
    NoFingerprint,
}

/// <summary>The defects built in; usually none.</summary>
sealed class MutationSet(params Mutation[] mutations)
{
    public static readonly MutationSet None = new();

    /// <summary>Whether a defect is built in.</summary>
    public bool Has(Mutation mutation) => Array.IndexOf(mutations, mutation) >= 0;
}
