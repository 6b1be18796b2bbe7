namespace GokaAkka.Processing;

/// <summary>What a partition's task is at.</summary>
interface ITaskProgress
{
    /// <summary>What the task waits for before it goes on, or null.</summary>
    Task? Pending { get; }

    /// <summary>The records whose callbacks are still at work, in order of their start.</summary>
    IReadOnlyList<RecordAtWork> AtWork { get; }
}
