namespace GokaAkka.Graph;

/// <summary>What happens to input records whose value is null.</summary>
/// <remarks>goka's <c>NilHandling</c>, per input.</remarks>
public enum NullHandling
{
    /// <summary>The record is passed over. The default, as in goka.</summary>
    Ignore,

    /// <summary>The callback gets the type's default value, null for classes; nothing is decoded.</summary>
    Process,

    /// <summary>The codec decodes no bytes and the callback gets what comes of it.</summary>
    Decode,
}

/// <summary>Options of one input.</summary>
public sealed record InputOptions
{
    /// <summary>The defaults.</summary>
    public static readonly InputOptions Default = new();

    /// <summary>What happens to records whose value is null.</summary>
    public NullHandling Nulls { get; init; } = NullHandling.Ignore;

    /// <summary>Where to start when the group has no committed offset; null for the processor's setting, earliest by default.</summary>
    public StartAt? Start { get; init; }

    /// <summary>
    /// How many asynchronous callbacks of a partition may run at the same time, each for another key; records of one key keep their order,
    /// and offsets are committed in order. 1, the default, runs one after the other.
    /// </summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>
    /// What to do when a record of this input fails: one policy, or one for each stage. Null, and stages left out, for the processor's. An entry
    /// for the topic in <c>goka.processor.inputs</c> goes over it.
    /// </summary>
    public ErrorPolicies? Errors { get; init; }
}
