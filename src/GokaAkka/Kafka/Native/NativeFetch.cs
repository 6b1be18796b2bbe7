using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace GokaAkka.Kafka.Native;

/// <summary>
/// Takes records off a Confluent.Kafka consumer's native queue many at a time: no object, no array and no exception per record. What the client
/// has to tell beside records (rebalances, errors, logs) goes to the handlers it was built with, as in its own <c>Consume</c>, on the same thread.
/// Belongs to the consumer's thread, and is disposed before the consumer.
/// </summary>
/// <remarks>
/// Hot path: a record costs a look at its struct, one call for its time, one for its headers and one to let it go. Its bytes are the client's
/// until then: the sink copies what it keeps.
/// </remarks>
sealed unsafe class NativeFetch : IDisposable
{
    /// <summary>Records of one call.</summary>
    public const int Room = 1024;

    readonly nint _queue;

    // None once it is disposed.
    NativeApi.Message** _messages;

    // Taken by the call at work, each with a topic whose partition of that number was revoked later in the same call. By offset as well: the client may have
    // freed one by itself, and put another record, which is to be handed out, in its place.
    readonly HashSet<((nint, int, long) Message, string Topic)> _stale = [];
    readonly TopicNames _topics;

    NativeFetch(nint client, TopicNames topics)
    {
        _topics = topics;
        _queue = ConsumeApi.ConsumerQueue(client);
        _messages = (NativeApi.Message**)NativeMemory.AllocZeroed(Room, (nuint)sizeof(nint));
    }

    /// <exception cref="NotSupportedException">This version of Confluent.Kafka keeps its native client elsewhere.</exception>
    public static NativeFetch Open(IClient consumer, TopicNames topics) => new(NativeClient.Of(consumer), topics);

    /// <summary>Hands out what is there, up to <see cref="Room"/> records; with a wait, the first one alone. Rebalances may happen during the call.</summary>
    /// <param name="wait">How long to wait for it.</param>
    /// <param name="most">The most records to take.</param>
    /// <param name="sink">Takes the records.</param>
    /// <param name="told">Takes what else the client says in their place.</param>
    /// <returns>The number of records and others taken; 0 when there was nothing.</returns>
    public int Take(TimeSpan wait, int most, IRecordSink sink, IFetchEvents told)
    {
        if (_messages is null)
            return 0;
        // The client waits until it has as many as it is asked for.
        var count = (int)ConsumeApi.Consume(_queue, (int)wait.TotalMilliseconds, _messages, (nuint)(wait > TimeSpan.Zero ? 1 : Math.Min(most, Room)));
        var at = 0;
        try
        {
            for (; at < count; at++)
            {
                var message = _messages[at];
                if (_stale.Count > 0 && IsStale(message))
                {
                    // Read again by whoever has the partition now.
                }
                else if (message->Error == 0)
                {
                    Hand(message, sink);
                }
                else
                {
                    Tell(message, told);
                }

                _messages[at] = null;
                ConsumeApi.Destroy(message);
            }
        }
        finally
        {
            // Where a sink has thrown; and a client that dropped some by itself has left what it moved.
            for (; at < count; at++)
                ConsumeApi.Destroy(_messages[at]);
            new Span<nint>(_messages, Room).Clear();
            _stale.Clear();
        }

        return Math.Max(count, 0);
    }

    /// <summary>
    /// In a rebalance: what the call at work has taken of these partitions so far is not handed out. What it takes of them later, should they be
    /// assigned again meanwhile, is.
    /// </summary>
    public void Drop(IReadOnlyList<TopicPartition> partitions)
    {
        // The client frees outdated messages during its call and leaves their pointers behind those that it keeps. So the topic, which is one more pointer,
        // is looked at when the call has returned and only valid ones are left.
        for (var i = 0; _messages is not null && i < Room && _messages[i] is not null; i++)
        {
            var message = Identity(_messages[i]);
            foreach (var revoked in partitions)
            {
                if (revoked.Partition == message.Partition)
                    _stale.Add((message, revoked.Topic));
            }
        }
    }

    public void Dispose()
    {
        if (_messages is null)
            return;
        ConsumeApi.DestroyQueue(_queue);
        NativeMemory.Free(_messages);
        _messages = null;
    }

    bool IsStale(NativeApi.Message* message) => message->Topic != 0 && _stale.Contains((Identity(message), TopicOf(message)));

    static (nint Address, int Partition, long Offset) Identity(NativeApi.Message* message) => ((nint)message, message->Partition, message->Offset);

    void Hand(NativeApi.Message* message, IRecordSink sink) => sink.Add(
        TopicOf(message), message->Partition, message->Offset, ConsumeApi.TimestampOf(message),
        new ReadOnlySpan<byte>((void*)message->Key, (int)message->KeyLength), new ReadOnlySpan<byte>((void*)message->Payload, (int)message->Length),
        message->Payload == 0, HeadersOf(message));

    void Tell(NativeApi.Message* message, IFetchEvents told)
    {
        var topic = message->Topic == 0 ? "" : TopicOf(message);
        if (message->Error == ConsumeApi.PartitionEnd)
        {
            told.AtEnd(topic, message->Partition, message->Offset);
            return;
        }

        // The client's own words for the error are where a value would be.
        var reason = message->Payload == 0 ? "" : Encoding.UTF8.GetString((byte*)message->Payload, (int)message->Length);
        var error = reason.Length > 0 ? new Error((ErrorCode)message->Error, reason) : new Error((ErrorCode)message->Error);
        told.Failed(new TopicPartitionOffset(topic, message->Partition, message->Offset), error);
    }

    string TopicOf(NativeApi.Message* message) =>
        _topics.Of(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(ConsumeApi.TopicName(message->Topic)));

    static Records.Headers? HeadersOf(NativeApi.Message* message)
    {
        var native = ConsumeApi.HeadersOf(message);
        if (native == 0)
            return null;
        var headers = new List<Records.Header>();
        while (ConsumeApi.Header(native, (nuint)headers.Count, out var name, out var value, out var length) == 0)
        {
            var text = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
            headers.Add(value is null ? Records.Header.Null(text) : new Records.Header(text, new ReadOnlySpan<byte>(value, (int)length).ToArray()));
        }

        return Records.Headers.Of(CollectionsMarshal.AsSpan(headers));
    }
}

/// <summary>What a client says between records.</summary>
interface IFetchEvents
{
    /// <summary>A partition is read to its end.</summary>
    void AtEnd(string topic, int partition, long offset);

    /// <summary>A partition, or the client where the topic is empty, cannot be read.</summary>
    void Failed(TopicPartitionOffset at, Error error);
}
