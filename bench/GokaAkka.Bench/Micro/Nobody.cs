using GokaAkka.Kafka;
using GokaAkka.Processing;
using GokaAkka.Records;

namespace GokaAkka.Bench.Micro;

/// <summary>Brokers that take everything at once, and a host that asks for nothing: what is left is the task's own cost.</summary>
sealed class Nobody : IRecordSender, ITaskHost
{
    long _offset;

    public void Send(
        string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp,
        IDeliveryListener? listener, int token) => listener?.Delivered(token, _offset++, null);

    public void Woken()
    {
    }

    public void Consumed(string topic, int records, int bytes)
    {
    }

    public void Misplaced(ReadOnlySpan<byte> key)
    {
    }

    public void Skipped(RecordException error) => throw error;

    public void DeadLettered(RecordException error, string topic) => throw error;

    public void Retrying(RecordException error, TimeSpan pause) => throw error;

    public Task Delay(TimeSpan pause, CancellationToken cancellation) => Task.Delay(pause, cancellation);
}
