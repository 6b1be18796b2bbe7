namespace GokaAkka.Kafka;

/// <summary>
/// For how long a member may take its partitions for its own without having proved that they are. A process that stood still (SIGSTOP, a paused virtual
/// machine, a long garbage collection) may have lost them, and its threads run before its client has found that out: what they would write then would
/// overwrite what the next owner has written. While the lease is expired nothing is sent. Any thread asks.
/// </summary>
/// <param name="time">The time.</param>
/// <param name="length">Less than the time after which the group gives a silent member's partitions away; infinite for a lease that does not expire.</param>
sealed class MembershipLease(TimeProvider time, TimeSpan length)
{
    readonly Lock _gate = new();
    long _renewed = time.GetTimestamp();
    TaskCompletionSource? _waiting;
    volatile bool _hasEnded;

    /// <summary>One that does not expire.</summary>
    public static MembershipLease Endless { get; } = new(TimeProvider.System, Timeout.InfiniteTimeSpan);

    /// <summary>How often it has to be renewed at least.</summary>
    public TimeSpan Turn => IsEndless ? Timeout.InfiniteTimeSpan : length / 8;

    /// <summary>Whether the partitions may be another's by now.</summary>
    public bool IsExpired => !IsEndless && !_hasEnded && time.GetElapsedTime(Interlocked.Read(ref _renewed)) >= length;

    bool IsEndless => length == Timeout.InfiniteTimeSpan;

    /// <summary>The process runs. Nothing is renewed that has expired: that takes <see cref="Prove"/>.</summary>
    /// <returns>Whether it was renewed.</returns>
    public bool Renew()
    {
        lock (_gate)
        {
            if (IsExpired)
                return false;
            _renewed = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>The group has said that the member is one still, or all it had is known to be lost.</summary>
    public void Prove() => Release(ended: false);

    /// <summary>The member has left: what becomes of its partitions was told in other ways.</summary>
    public void End() => Release(ended: true);

    /// <summary>Ends once it is known whether the partitions are still the member's; what follows runs on the thread that knows, and is to be short.</summary>
    public Task Known()
    {
        lock (_gate)
            return IsExpired ? (_waiting ??= new TaskCompletionSource()).Task : Task.CompletedTask;
    }

    void Release(bool ended)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            _hasEnded |= ended;
            _renewed = time.GetTimestamp();
            (waiting, _waiting) = (_waiting, null);
        }

        waiting?.TrySetResult();
    }
}
