using System.Diagnostics.CodeAnalysis;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.Kafka.Dsl;
using Akka.Streams.Kafka.Settings;
using Akka.Streams.Supervision;
using Confluent.Kafka;
using GokaAkka.Kafka;
using GokaAkka.Kafka.Confluent;

namespace GokaAkka.StreamsKafka;

using Header = GokaAkka.Records.Header;
using Headers = GokaAkka.Records.Headers;
using TopicPartition = GokaAkka.Kafka.TopicPartition;

/// <summary>
/// One table partition being read by a source of its own. What comes from other threads (the listener's requests, the client's errors) is a
/// command that the stream runs.
/// </summary>
sealed class PartitionStream : ITableSubscriptionOwner
{
    readonly StreamsTableReader _reader;
    readonly ConcurrentQueue<Action<TableSink.Logic>> _commands = new();
    ActorMaterializer? _materializer;
    Action? _wake;
    Exception? _lastFailure;

    public PartitionStream(StreamsTableReader reader, TopicPartition id, long fromOffset, ITableListener listener)
    {
        _reader = reader;
        Subscription = new TableSubscription(id, fromOffset, listener, this);
    }

    public TableSubscription Subscription { get; }

    TopicPartition Id => Subscription.Id;

    /// <summary>Begins to read.</summary>
    public void Start(Offset from)
    {
        _materializer = _reader.MakeMaterializer();
        KafkaConsumer.PlainSource(
                _reader.Settings.WithConsumerFactory(_ => MakeConsumer()),
                Subscriptions.AssignmentWithOffset(new global::Confluent.Kafka.TopicPartitionOffset(Id.Topic, Id.Partition, from)))
            .AddAttributes(ActorAttributes.CreateSupervisionStrategy(Decide))
            .To(Sink.FromGraph(new TableSink(this)))
            .Run(_materializer);
    }

    /// <summary>Ends it, on any thread.</summary>
    public void Stop() => Post(End);

    public void Requested(TableSubscription subscription) => Post(static logic => logic.HandOver());

    public void Dropped(TableSubscription subscription)
    {
        _reader.Remove(this);
        Stop();
    }

    /// <summary>The stream runs and is woken by this. It looks for commands next: one that was posted before is not waited for.</summary>
    public void Started(Action wake) => Interlocked.Exchange(ref _wake, wake);

    public bool TryTakeCommand([MaybeNullWhen(false)] out Action<TableSink.Logic> command) => _commands.TryDequeue(out command);

    public void Take(ConsumeResult<byte[], byte[]> result)
    {
        if (result.IsPartitionEOF)
        {
            Subscription.AtEnd(result.Offset.Value);
            return;
        }

        var message = result.Message;
        Subscription.Add(
            result.Offset.Value, message.Timestamp.Type == TimestampType.NotAvailable ? -1 : message.Timestamp.UnixTimestampMs,
            message.Key, message.Value, message.Value is null,
            message.Headers is { Count: > 0 } headers ? Headers.Of([.. headers.Select(static h => new Header(h.Key, h.GetValueBytes()) { IsNull = h.GetValueBytes() is null })]) : null);
    }

    /// <summary>The source has ended by itself, as it does on any exception that is not the client's.</summary>
    public void Broken(TableSink.Logic logic, Exception? cause) => Tell(
        logic, new KafkaFault("Local_Application", $"the source of {Id} ended: {cause?.ToString() ?? "it was completed"}", FaultKind.Permanent), "");

    IConsumer<byte[], byte[]> MakeConsumer()
    {
        var consumer = new ConsumerBuilder<byte[], byte[]>(_reader.Config)
            .SetErrorHandler((_, error) => Post(logic => ConnectionFailed(logic, error)))
            .SetLogHandler(static (_, _) => { })
            .Build();
        LeaderQuestions.Learn(consumer.OffsetsForTimes, Id);
        return consumer;
    }

    void Post(Action<TableSink.Logic> command)
    {
        _commands.Enqueue(command);
        // Seen by a stream that starts just now, or that stream's waking is seen here.
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _wake)?.Invoke();
    }

    /// <summary>The source goes on after whatever its client says; whether the reading ends is decided on the stream.</summary>
    Directive Decide(Exception exception)
    {
        if (exception is not KafkaException kafka)
            return Directive.Stop;
        Post(logic => Fail(logic, kafka));
        return Directive.Resume;
    }

    void Fail(TableSink.Logic logic, KafkaException failure)
    {
        // The source's consumer actor asks the decider first, and its stage then asks again about the same exception.
        if (ReferenceEquals(Interlocked.Exchange(ref _lastFailure, failure), failure))
            return;
        if (failure.Error.Code == ErrorCode.Local_AutoOffsetReset)
            ReadFromFirstKept(logic, failure);
        else
            Tell(logic, TableFaults.Of(failure.Error), Id.ToString());
    }

    /// <summary>
    /// The stream is stopped with what it runs on. Its source, when cancelled, would tell its consumer to stop twice, which makes a dead letter; so
    /// would waking a stream that has ended.
    /// </summary>
    void End(TableSink.Logic logic)
    {
        Volatile.Write(ref _wake, null);
        logic.End();
        _materializer!.Dispose();
    }

    /// <inheritdoc cref="TableFaults.NotHeld"/>
    void ReadFromFirstKept(TableSink.Logic logic, KafkaException failure)
    {
        var offset = (failure as ConsumeException)?.ConsumerRecord?.Offset.Value ?? Subscription.FromOffset;
        Tell(logic, TableFaults.NotHeld(Id, offset), Id.ToString());
        End(logic);
        Start(Offset.Beginning);
    }

    /// <summary>An error of a connection: it is told once for all partitions.</summary>
    void ConnectionFailed(TableSink.Logic logic, Error error)
    {
        var fault = Faults.From(error);
        Tell(logic, fault.Kind == FaultKind.Fatal ? fault : fault with { Kind = FaultKind.Retriable }, "");
    }

    void Tell(TableSink.Logic logic, KafkaFault fault, string where)
    {
        if (fault.Kind == FaultKind.Retriable)
        {
            if (_reader.IsNews(where, fault))
                Subscription.Fault(_reader.Here(fault));
            return;
        }

        _reader.Remove(this);
        End(logic);
        Subscription.Fault(_reader.Here(fault));
    }
}
