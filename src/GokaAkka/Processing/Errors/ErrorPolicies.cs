using System.Diagnostics.CodeAnalysis;

namespace GokaAkka.Processing;

/// <summary>
/// What to do when a record fails, stage by stage. A stage that is left out takes what the next wider setting says: that of the input in code,
/// then that of the processor in code, then <c>goka.processor.on-error</c>. One <see cref="ErrorPolicy"/> converts to all of them.
/// </summary>
public sealed record ErrorPolicies
{
    /// <summary>When a value's bytes cannot be read.</summary>
    public ErrorPolicy? Decode { get; init; }

    /// <summary>When the callback fails.</summary>
    public ErrorPolicy? Callback { get; init; }

    /// <summary>When a record that the callback wrote is refused. A retry sends again what was refused and does not call the callback again.</summary>
    public ErrorPolicy? Emit { get; init; }

    /// <summary>
    /// When the local store fails: restart or fail, without retries. The record is not at fault, and the next one would fail as well: passing
    /// over would lose them all.
    /// </summary>
    /// <exception cref="ArgumentException">Another policy.</exception>
    public ErrorPolicy? Storage
    {
        get;
        init => field = IsForStorage(value)
            ? value
            : throw new ArgumentException($"The policy of the storage stage is '{value}': expected restart or fail, for a store that fails would fail the next record too.", nameof(value));
    }

    /// <summary>
    /// When a table's value cannot be read by its codec (<see cref="Tables.TableValueException"/>): restart, fail, skip, which takes the key for absent, or
    /// dead-letter, which does the same after the entry was written to the dead letter topic. Without retries, for the codec would fail again.
    /// </summary>
    /// <exception cref="ArgumentException">A policy with retries.</exception>
    public ErrorPolicy? Table
    {
        get;
        init => field = value is null or { Retries: 0 }
            ? value
            : throw new ArgumentException($"The policy of the table stage is '{value}': expected one without retries, for the codec would fail again.", nameof(value));
    }

    /// <summary>The same policy for every stage it is possible for.</summary>
    [return: NotNullIfNotNull(nameof(policy))]
    public static implicit operator ErrorPolicies?(ErrorPolicy? policy) => policy is null ? null : All(policy);

    /// <summary>The same policy for every stage it is possible for: the storage and table stages, where more than a record is at stake, take it over only where it is to fail.</summary>
    public static ErrorPolicies All(ErrorPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var grave = policy.Action == ErrorAction.Fail ? ErrorPolicy.Fail : null;
        return new ErrorPolicies { Decode = policy, Callback = policy, Emit = policy, Storage = grave, Table = grave };
    }

    internal static bool IsForStorage(ErrorPolicy? policy) =>
        policy is null or { Action: ErrorAction.Restart or ErrorAction.Fail, Retries: 0 };

    /// <summary>The policy of a stage, or null when it is left out.</summary>
    public ErrorPolicy? this[ProcessingStage stage] => stage switch
    {
        ProcessingStage.Decode => Decode,
        ProcessingStage.Callback => Callback,
        ProcessingStage.Emit => Emit,
        ProcessingStage.Table => Table,
        _ => Storage,
    };

    /// <summary>These policies, with those of <paramref name="wider"/> where they leave a stage out.</summary>
    internal ErrorPolicies Over(ErrorPolicies? wider) => wider is null
        ? this
        : new ErrorPolicies
        {
            Decode = Decode ?? wider.Decode,
            Callback = Callback ?? wider.Callback,
            Emit = Emit ?? wider.Emit,
            Storage = Storage ?? wider.Storage,
            Table = Table ?? wider.Table,
        };
}
