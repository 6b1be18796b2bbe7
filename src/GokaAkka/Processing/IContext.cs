using System.Diagnostics.CodeAnalysis;

namespace GokaAkka.Processing;

/// <summary>
/// What a callback sees of the record at hand and of the group's state, and the only way it changes anything. Valid until the callback
/// ends; not for other threads, <see cref="DeferCommit"/>'s result excepted.
/// </summary>
/// <remarks>
/// Do not use a context after its callback has returned: it throws <see cref="InvalidOperationException"/>, also while another record's callback runs.
/// To see or change what passes through a context, derive from <see cref="ContextWrapper{TState}"/>.
/// goka's <c>Context</c>, typed by the group's state. Nothing leaves before the callback has ended well: a callback that throws has emitted
/// nothing and changed nothing, where goka's has.
/// </remarks>
/// <typeparam name="TState">The type of the group table's values.</typeparam>
public interface IContext<TState>
{
    /// <summary>The consumer group.</summary>
    string Group { get; }

    /// <summary>The topic the record came from.</summary>
    string Topic { get; }

    /// <summary>The partition the record came from, which is the partition of the table too.</summary>
    int Partition { get; }

    /// <summary>The record's offset.</summary>
    long Offset { get; }

    /// <summary>The record's key: a copy, made when asked for, that may be kept. Empty for a null key.</summary>
    Key Key { get; }

    /// <summary>The record's key in place, free of cost, valid until the callback ends.</summary>
    ReadOnlySpan<byte> KeyBytes { get; }

    /// <summary>The record's time, or null when the broker gave none.</summary>
    DateTimeOffset? Timestamp { get; }

    /// <summary>The record's headers.</summary>
    Headers Headers { get; }

    /// <summary>Which attempt at this record it is since its partition was started last: 1, and more where the error policy has it tried again.</summary>
    int Attempt { get; }

    /// <summary>Ends when the partition is taken away or the processor stops: for asynchronous callbacks.</summary>
    CancellationToken Cancellation { get; }

    /// <summary>Whether the table has a value for this key.</summary>
    /// <exception cref="InvalidOperationException">The group is stateless.</exception>
    bool HasValue { get; }

    /// <summary>The table's value for this key, changes made by this callback included; the type's default when there is none.</summary>
    /// <exception cref="InvalidOperationException">The group is stateless.</exception>
    TState? Value { get; }

    /// <summary>The table's value for this key.</summary>
    /// <exception cref="InvalidOperationException">The group is stateless.</exception>
    bool TryGetValue([MaybeNullWhen(false)] out TState value);

    /// <summary>Sets the table's value for this key. Each call writes a changelog record.</summary>
    /// <param name="value">The value; to remove it, see <see cref="Delete"/>.</param>
    /// <param name="headers">Headers of the changelog record.</param>
    /// <exception cref="InvalidOperationException">The group is stateless.</exception>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    void SetValue(TState value, Headers? headers = null);

    /// <summary>Removes this key from the table.</summary>
    /// <param name="headers">Headers of the tombstone.</param>
    /// <exception cref="InvalidOperationException">The group is stateless.</exception>
    void Delete(Headers? headers = null);

    /// <summary>Writes a record to an output. A null value becomes a null record, without asking the codec.</summary>
    /// <exception cref="InvalidOperationException">The topic is not among the group's outputs, or is one of another type.</exception>
    void Emit<T>(string topic, Key key, T value, Headers? headers = null);

    /// <summary>Writes a record to an output.</summary>
    /// <exception cref="InvalidOperationException">The stream is not among the group's outputs, or is one of another type.</exception>
    void Emit<T>(Stream<T> stream, Key key, T value, Headers? headers = null);

    /// <summary>
    /// Writes a record with a null value to an output, which removes its key where that is a table: also where the output's type knows no null.
    /// </summary>
    /// <exception cref="InvalidOperationException">The topic is not among the group's outputs.</exception>
    void EmitNull(string topic, Key key, Headers? headers = null);

    /// <summary>Writes a record to the group's loop, to be handled by the partition that owns its key.</summary>
    /// <exception cref="InvalidOperationException">The group has no loop, or one of another type.</exception>
    void Loopback<T>(Key key, T value, Headers? headers = null);

    /// <summary>
    /// The joined table's value for this record's key, in the state the table has now; the type's default when there is none. No alignment
    /// in time, as in goka.
    /// </summary>
    /// <exception cref="InvalidOperationException">The table is not among the group's joins, or is one of another type.</exception>
    T? Join<T>(string table);

    /// <summary>The joined table's value for this record's key.</summary>
    /// <exception cref="InvalidOperationException">The table is not among the group's joins, or is one of another type.</exception>
    T? Join<T>(Table<T> table);

    /// <summary>A looked-up table's value for any key; the type's default when there is none.</summary>
    /// <exception cref="InvalidOperationException">The table is not among the group's lookups, or is one of another type.</exception>
    T? Lookup<T>(string table, Key key);

    /// <summary>A looked-up table's value for any key.</summary>
    /// <exception cref="InvalidOperationException">The table is not among the group's lookups, or is one of another type.</exception>
    T? Lookup<T>(Table<T> table, Key key);

    /// <summary>Ends the callback: the record has failed, as if the callback had thrown. Never returns.</summary>
    [DoesNotReturn]
    void Fail(Exception error);

    /// <summary>
    /// Holds back the commit of this record, and of those behind it, until the result is completed. May be called several times; each
    /// result counts.
    /// </summary>
    DeferredCommit DeferCommit();
}
