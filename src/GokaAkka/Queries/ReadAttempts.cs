namespace GokaAkka.Queries;

/// <summary>
/// Has a read tried until it succeeds or its time is over: what moves or is being restored is there soon. Of one read of one caller; several of its
/// requests may use it at the same time.
/// </summary>
sealed class ReadAttempts(IReadRouter router, string table, TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);
    static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    readonly long _began = time.GetTimestamp();

    /// <exception cref="QueryException">The table is not known, or not its partitions within the time.</exception>
    public async ValueTask<TableRoute> Route()
    {
        var pause = FirstPause;
        while (true)
        {
            var route = router.Find(table);
            if (route.Partitions > 0)
                return route;
            if (time.GetElapsedTime(_began) >= route.Grace || !await Pause(pause).ConfigureAwait(false))
                throw router.Unknown(table);
            pause = Longer(pause);
        }
    }

    /// <exception cref="QueryException">Nobody answered with what was asked for within the time; the last reason is told.</exception>
    public async ValueTask<TReply> Read<TReply>(ReadRequest request) where TReply : ReadReply
    {
        var pause = FirstPause;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var reply = await router.Read(request, Left, cancellation).ConfigureAwait(false);
            if (reply is TReply read)
                return read;
            var refused = (ReadRefused)reply;
            if (refused.Failure == QueryFailure.Failed || !await Pause(pause).ConfigureAwait(false))
                throw Error(request, refused);
            pause = Longer(pause);
        }
    }

    TimeSpan Left => timeout - time.GetElapsedTime(_began);

    string Seconds => FormattableString.Invariant($"{timeout.TotalSeconds:0.###} s");

    QueryException Error(ReadRequest request, ReadRefused refused) => new(
        refused.Failure, table, request.Partition, refused.Node,
        $"Partition {request.Partition} of table '{table}' could not be read within {Seconds}: on node {refused.Node} it {refused.Reason}.");

    async ValueTask<bool> Pause(TimeSpan pause)
    {
        var left = Left;
        if (left <= TimeSpan.Zero)
            return false;
        await Task.Delay(pause < left ? pause : left, time, cancellation).ConfigureAwait(false);
        return true;
    }

    static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;
}
