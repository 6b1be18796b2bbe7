namespace GokaAkka.Testing.Simulation;

/// <summary>A defect that is built in to see whether the simulation finds it. Each sits at a seam of the production code, never in it.</summary>
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

    /// <summary>What was read is committed, done or not.</summary>
    CommitsWhatIsRead,

    /// <summary>Partitions that were lost have their offsets committed all the same, once the member is back in the group.</summary>
    CommitsOnLost,

    /// <summary>Table records are told to be delivered when they are sent.</summary>
    AcknowledgesBeforeItIsWritten,

    /// <summary>The loop's offsets are never committed.</summary>
    ForgetsLoopOffset,

    /// <summary>A partition processes records before its table is restored.</summary>
    ServesBeforeRestored,

    /// <summary>The coordinator accepts commits of members that are gone and of generations that are over.</summary>
    StaleGenerationCommits,

    /// <summary>Whoever starts again is given what was fetched before, in front of what it asks for.</summary>
    HandsOutWhatWasFetchedBefore,

    /// <summary>A partition that starts again goes on behind what it had been given, not behind what it had done.</summary>
    RestartsBehindWhatWasRead,

    /// <summary>Brokers do not recognize a batch that they have already.</summary>
    NotIdempotent,

    /// <summary>The store's position is written without the values it stands for when the process dies.</summary>
    PositionWithoutValues,

    /// <summary>The store does not know which record it ends with, so that a topic made anew is not noticed.</summary>
    NoFingerprint,

    /// <summary>Partitions are given up before they are drained.</summary>
    StartsBeforeDrained,

    /// <summary>A partition without records since its start begins at the end of its input, not where the group has committed.</summary>
    StartsAtTheEnd,

    /// <summary>A member that stood still for longer than its session goes on writing before it has asked whether its partitions are still its own.</summary>
    ForgetsItsLease,

    /// <summary>Some deliveries are never told.</summary>
    LosesAcknowledgements,

    /// <summary>Records of aborted transactions are given to callbacks.</summary>
    ReadsUncommittedInputs,

    /// <summary>Exactly once: records of open and aborted transactions are read into tables.</summary>
    ReadsUncommittedTables,

    /// <summary>Exactly once: offsets are committed beside the transaction, before it.</summary>
    CommitsOffsetsBeside,

    /// <summary>Exactly once: the next transaction begins before the last one is known to be committed.</summary>
    ResumesBeforeCommitIsKnown,
}

/// <summary>The defects built in; usually none.</summary>
sealed class MutationSet(params Mutation[] mutations)
{
    public static readonly MutationSet None = new();

    /// <summary>Whether a defect is built in.</summary>
    public bool Has(Mutation mutation) => Array.IndexOf(mutations, mutation) >= 0;
}
