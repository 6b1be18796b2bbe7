using Akka.Actor;
using GokaAkka.Queries;

namespace GokaAkka.Cluster;

/// <summary>How large a message to another node may be: remoting drops what is larger, and who asked would wait for nothing.</summary>
/// <param name="Bytes">The size of a frame.</param>
sealed record MessageLimit(long Bytes)
{
    const string Key = "akka.remote.dot-netty.tcp.maximum-frame-size";

    // Akka's default.
    const long Default = 128_000;

    // What goes with a message beside keys and values: the envelope of remoting, paths of actors, the stamp, lengths.
    const int Envelope = 4 * 1024;
    const int PerEntry = 8;

    public static MessageLimit Of(ActorSystem system) => new(system.Settings.Config.GetByteSize(Key) is > 0 and var bytes ? bytes : Default);

    /// <summary>The most bytes of keys and values that a piece of a range should have.</summary>
    public int Piece => (int)Math.Clamp(Bytes / 2, 1024, 64 * 1024);

    /// <summary>The reply, or that it is too large.</summary>
    public ReadReply Of(ReadReply reply, string node)
    {
        var size = reply switch
        {
            KeyRead { Value: { } value } => value.Length,
            RangeRead range => range.Entries.Sum(static e => (long)e.Key.Length + e.Value.Length + PerEntry),
            _ => 0,
        };
        return size + Envelope <= Bytes
            ? reply
            : new ReadRefused(QueryFailure.Failed, node,
                $"has a value of about {size} bytes, and a message to another node may have {Bytes}: raise {Key} on all nodes, or read it on that node");
    }
}
