using System.Diagnostics.CodeAnalysis;

namespace GokaAkka.Processing;

/// <summary>
/// A context that hands everything on to another one: the base of middleware, which overrides what it wants to see or change. Given to
/// <c>Use</c> of a graph: <c>g.Use(context =&gt; new Logging&lt;long&gt;(context))</c>. goka's <c>ContextWrapper</c>.
/// </summary>
/// <remarks>
/// Each member calls the same member of <see cref="Inner"/> and no other one of this class: overriding <see cref="TryGetValue"/> does not change
/// what <see cref="Value"/> gives. One is made for each call of a callback; the rules for a context's use hold for it too.
/// </remarks>
/// <typeparam name="TState">The type of the group table's values.</typeparam>
/// <param name="inner">The context to hand on to.</param>
public abstract class ContextWrapper<TState>(IContext<TState> inner) : IContext<TState>
{
    readonly IContext<TState> _inner = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <summary>The context that is wrapped.</summary>
    /// <exception cref="InvalidOperationException">It was kept beyond its callback.</exception>
    protected IContext<TState> Inner => AtWork(_inner);

    private protected virtual IContext<TState> AtWork(IContext<TState> inner) => inner;

    /// <inheritdoc/>
    public virtual string Group => Inner.Group;

    /// <inheritdoc/>
    public virtual string Topic => Inner.Topic;

    /// <inheritdoc/>
    public virtual int Partition => Inner.Partition;

    /// <inheritdoc/>
    public virtual long Offset => Inner.Offset;

    /// <inheritdoc/>
    public virtual Key Key => Inner.Key;

    /// <inheritdoc/>
    public virtual ReadOnlySpan<byte> KeyBytes => Inner.KeyBytes;

    /// <inheritdoc/>
    public virtual DateTimeOffset? Timestamp => Inner.Timestamp;

    /// <inheritdoc/>
    public virtual Headers Headers => Inner.Headers;

    /// <inheritdoc/>
    public virtual int Attempt => Inner.Attempt;

    /// <inheritdoc/>
    public virtual CancellationToken Cancellation => Inner.Cancellation;

    /// <inheritdoc/>
    public virtual bool HasValue => Inner.HasValue;

    /// <inheritdoc/>
    public virtual TState? Value => Inner.Value;

    /// <inheritdoc/>
    public virtual bool TryGetValue([MaybeNullWhen(false)] out TState value) => Inner.TryGetValue(out value);

    /// <inheritdoc/>
    public virtual void SetValue(TState value, Headers? headers = null) => Inner.SetValue(value, headers);

    /// <inheritdoc/>
    public virtual void Delete(Headers? headers = null) => Inner.Delete(headers);

    /// <inheritdoc/>
    public virtual void Emit<T>(string topic, Key key, T value, Headers? headers = null) => Inner.Emit(topic, key, value, headers);

    /// <inheritdoc/>
    public virtual void Emit<T>(Stream<T> stream, Key key, T value, Headers? headers = null) => Inner.Emit(stream, key, value, headers);

    /// <inheritdoc/>
    public virtual void EmitNull(string topic, Key key, Headers? headers = null) => Inner.EmitNull(topic, key, headers);

    /// <inheritdoc/>
    public virtual void Loopback<T>(Key key, T value, Headers? headers = null) => Inner.Loopback(key, value, headers);

    /// <inheritdoc/>
    public virtual T? Join<T>(string table) => Inner.Join<T>(table);

    /// <inheritdoc/>
    public virtual T? Join<T>(Table<T> table) => Inner.Join(table);

    /// <inheritdoc/>
    public virtual T? Lookup<T>(string table, Key key) => Inner.Lookup<T>(table, key);

    /// <inheritdoc/>
    public virtual T? Lookup<T>(Table<T> table, Key key) => Inner.Lookup(table, key);

    /// <inheritdoc/>
    [DoesNotReturn]
    public virtual void Fail(Exception error) => Inner.Fail(error);

    /// <inheritdoc/>
    public virtual DeferredCommit DeferCommit() => Inner.DeferCommit();
}
