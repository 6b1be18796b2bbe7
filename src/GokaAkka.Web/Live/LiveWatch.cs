using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace GokaAkka.Web.Live;

/// <summary>
/// One who watches a page: sent first <c>state</c> with all of its JSON, then <c>patch</c> with RFC 7386 merge patches to what was sent before. Read by one
/// caller.
/// </summary>
sealed class LiveWatch(Action<LiveWatch> leave)
{
    // So many looks at the nodes may a reader be behind.
    const int Capacity = 8;

    // A connection that is gone shows at the next write.
    static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    static readonly TimeSpan Reconnection = TimeSpan.FromSeconds(2);

    readonly Channel<SseItem<string>> _events = Channel.CreateBounded<SseItem<string>>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    /// <returns>Whether there was room; the watch is over when there was none.</returns>
    public bool Send(string kind, string json)
    {
        if (_events.Writer.TryWrite(new SseItem<string>(json, kind) { ReconnectionInterval = Reconnection }))
            return true;
        Close();
        return false;
    }

    public void Close() => _events.Writer.TryComplete();

    /// <summary>What there is to send, until the watch is over or its reader has gone; now and then a patch that changes nothing.</summary>
    public async IAsyncEnumerable<SseItem<string>> Events([EnumeratorCancellation] CancellationToken cancellation)
    {
        try
        {
            var more = _events.Reader.WaitToReadAsync(cancellation).AsTask();
            while (true)
            {
                await Task.WhenAny(more, Task.Delay(Heartbeat, cancellation)).ConfigureAwait(false);
                if (!more.IsCompleted)
                {
                    yield return new SseItem<string>("{}", "patch");
                    continue;
                }

                if (!await more.ConfigureAwait(false))
                    yield break;
                while (_events.Reader.TryRead(out var item))
                    yield return item;
                more = _events.Reader.WaitToReadAsync(cancellation).AsTask();
            }
        }
        finally
        {
            leave(this);
        }
    }
}
