using System.Threading.Channels;

namespace GokaAkka.Web.Live;

/// <summary>What is sent to a page.</summary>
/// <param name="Kind">state: all of it; patch: an RFC 7386 merge patch to what was sent before.</param>
/// <param name="Data">JSON on one line.</param>
readonly record struct LiveEvent(string Kind, string Data);

/// <summary>One who watches a page. Read by one caller.</summary>
sealed class LiveWatch(Action<LiveWatch> leave) : IDisposable
{
    // So many looks at the nodes may a reader be behind.
    const int Capacity = 8;

    readonly Channel<LiveEvent> _events = Channel.CreateBounded<LiveEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    public ChannelReader<LiveEvent> Events => _events.Reader;

    /// <returns>Whether there was room; the watch is over when there was none.</returns>
    public bool Send(LiveEvent what)
    {
        if (_events.Writer.TryWrite(what))
            return true;
        Close();
        return false;
    }

    public void Close() => _events.Writer.TryComplete();

    public void Dispose() => leave(this);
}
