namespace GokaAkka.Tests.Processing;

/// <summary>Keeps what it is sent and acknowledges it when the test says so, in the order of sending per topic or in any other.</summary>
sealed class FakeSender : IRecordSender
{
    /// <summary>The offset of the first record of each topic.</summary>
    public const long FirstOffset = 100;

    readonly Dictionary<string, long> _ends = [];

    public List<SentRecord> Sent { get; } = [];

    /// <summary>Partition counts of topics; 4 for those not in it.</summary>
    public Dictionary<string, int> Partitions { get; } = [];

    /// <summary>Why a record is refused at once, or null to take it.</summary>
    public Func<SentRecord, Exception?> Refuse { get; set; } = static _ => null;

    /// <summary>Why a record that is too large is refused.</summary>
    public static KafkaFaultException TooLarge => new("Not sent", new KafkaFault("MsgSizeTooLarge", "too large", FaultKind.Record));

    /// <summary>Whether records are acknowledged as they are sent.</summary>
    public bool AcksAtOnce { get; set; }

    public IEnumerable<SentRecord> To(string topic) => Sent.Where(r => r.Topic == topic);

    public void Send(
        string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp,
        IDeliveryListener? listener, int token)
    {
        var record = new SentRecord(topic, partition, Key.Copy(key), valueIsNull ? null : value.ToArray(), headers, timestamp, listener!, token);
        if (Refuse(record) is { } error)
            throw error;
        record.Offset = _ends.GetValueOrDefault(topic, FirstOffset);
        _ends[topic] = record.Offset + 1;
        Sent.Add(record);
        if (AcksAtOnce)
            Ack(record);
    }

    public int CountOf(string topic) => Partitions.GetValueOrDefault(topic, 4);

    public void AckAll()
    {
        foreach (var record in Sent.Where(r => !r.IsTold).ToList())
            Ack(record);
    }

    public static void Ack(SentRecord record)
    {
        record.IsTold = true;
        record.Listener.Delivered(record.Token, record.Offset, null);
    }

    public static void Fail(SentRecord record, string reason = "the disk is full")
    {
        record.IsTold = true;
        record.Listener.Delivered(record.Token, -1, new KafkaFault("KafkaStorageError", reason, FaultKind.Permanent));
    }
}

sealed record SentRecord(
    string Topic, int Partition, Key Key, byte[]? Value, Headers? Headers, long Timestamp, IDeliveryListener Listener, int Token)
{
    public long Offset { get; set; }

    public bool IsTold { get; set; }

    public string? Text => Value is null ? null : Encoding.UTF8.GetString(Value);

    public override string ToString() => $"{Topic}[{Partition}] {Key}={Text ?? "null"}";
}
