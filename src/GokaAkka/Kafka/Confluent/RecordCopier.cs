using Confluent.Kafka;
using GokaAkka.Records;

namespace GokaAkka.Kafka.Confluent;

/// <summary>What a deserializer of ours returns: nothing but whether the bytes were null. The bytes are in the copier.</summary>
readonly record struct Bytes(int Length)
{
    public bool IsNull => Length < 0;
}

/// <summary>
/// Takes a record's bytes off the native client without an array per record: the deserializers copy them into one scratch buffer, and
/// <see cref="Hand"/> gives them on. Belongs to one consumer and its thread.
/// </summary>
sealed class RecordCopier
{
    byte[] _scratch = new byte[4096];
    int _used;

    public IDeserializer<Bytes> Key => new Part(this, restart: true);

    public IDeserializer<Bytes> Value => new Part(this, restart: false);

    /// <summary>The topics read.</summary>
    public TopicNames Topics { get; } = new();

    public void Hand(ConsumeResult<Bytes, Bytes> result, IRecordSink sink)
    {
        var message = result.Message;
        var keyLength = Math.Max(0, message.Key.Length);
        var isNull = message.Value.IsNull;
        sink.Add(
            Topics.Of(result.Topic), result.Partition.Value, result.Offset.Value,
            message.Timestamp.Type == TimestampType.NotAvailable ? -1 : message.Timestamp.UnixTimestampMs,
            _scratch.AsSpan(0, keyLength), isNull ? default : _scratch.AsSpan(keyLength, message.Value.Length), isNull, HeadersOf(message.Headers));
    }

    static Records.Headers? HeadersOf(global::Confluent.Kafka.Headers? headers)
    {
        if (headers is null || headers.Count == 0)
            return null;
        var items = new Records.Header[headers.Count];
        for (var i = 0; i < items.Length; i++)
            items[i] = headers[i].GetValueBytes() is { } value ? new Records.Header(headers[i].Key, value) : Records.Header.Null(headers[i].Key);
        return Records.Headers.Of(items);
    }

    sealed class Part(RecordCopier copier, bool restart) : IDeserializer<Bytes>
    {
        public Bytes Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
        {
            // The key comes first, then the value.
            if (restart)
                copier._used = 0;
            if (isNull)
                return new Bytes(-1);
            var needed = copier._used + data.Length;
            if (needed > copier._scratch.Length)
                Array.Resize(ref copier._scratch, Math.Max(needed, copier._scratch.Length * 2));
            data.CopyTo(copier._scratch.AsSpan(copier._used));
            copier._used = needed;
            return new Bytes(data.Length);
        }
    }
}
