using System.Buffers;
using GokaAkka.Codecs;
using GokaAkka.Kafka;
using GokaAkka.Records;
using GokaAkka.Telemetry;
using GokaAkka.Tracing;

namespace GokaAkka.Actors;

/// <summary>
/// Puts messages into a stream from outside any processor. Safe for concurrent use; the order of messages with one key is the order of the
/// calls. goka's <c>Emitter</c>.
/// </summary>
/// <typeparam name="T">The messages' type.</typeparam>
public sealed class Emitter<T> : IAsyncDisposable
{
    [ThreadStatic]
    static ArrayBufferWriter<byte>? scratch;

    readonly ICodec<T> _codec;
    readonly IRecordProducer _producer;
    readonly IPartitioner _partitioner;
    readonly Headers _defaultHeaders;
    readonly SemaphoreSlim _room;
    readonly SemaphoreSlim _turn = new(1);
    readonly TimeSpan _closeTimeout;
    readonly TimeProvider _time;
    readonly TracingMode _tracing;
    readonly EmitterFigures _figures;
    readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _waiting;
    int _disposed;

    internal Emitter(
        string topic, ICodec<T> codec, IRecordProducer producer, Headers defaultHeaders, GokaSettings settings, TimeProvider time, EmitterFigures figures,
        IPartitioner? partitioner = null)
    {
        Topic = topic;
        _codec = codec;
        _producer = producer;
        _defaultHeaders = defaultHeaders;
        _partitioner = partitioner ?? settings.Processor.Partitioner;
        _room = new SemaphoreSlim(settings.EmitterMaxPending);
        _closeTimeout = settings.EmitterCloseTimeout;
        _time = time;
        _tracing = settings.Tracing;
        _figures = figures;
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>Ends when it has been disposed.</summary>
    internal Task Closed => _closed.Task;

    /// <summary>
    /// Sends a message. The task ends when Kafka has acknowledged it, with the place it got, and faults when Kafka will not. Waits for room first when too many
    /// messages are waiting for their acknowledgement.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; null sends a null value.</param>
    /// <param name="headers">The headers. The context of the caller's span (<see cref="System.Diagnostics.Activity.Current"/>) is added, see <c>goka.tracing</c>.</param>
    /// <exception cref="ObjectDisposedException">The emitter was disposed.</exception>
    /// <exception cref="KafkaFaultException">The message was not delivered.</exception>
    public Task<EmittedRecord> Emit(Key key, T value, Headers? headers = null) => Emit(key, value, value is null, headers);

    /// <summary>Sends a null value, also where the type of the messages knows no null; otherwise as <see cref="Emit(Key, T, Headers)"/>.</summary>
    public Task<EmittedRecord> EmitNull(Key key, Headers? headers = null) => Emit(key, default!, true, headers);

    /// <summary>Waits until every message emitted before is acknowledged or has failed.</summary>
    /// <exception cref="TimeoutException">Some are still waiting after the close time-out.</exception>
    public async Task Flush()
    {
        if (!await Task.Run(() => _producer.Flush(_closeTimeout)).ConfigureAwait(false))
            throw new TimeoutException($"Messages to '{Topic}' were not acknowledged within {_closeTimeout}.");
    }

    /// <summary>Waits for pending messages, up to the close time-out, and lets the producer go.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            try
            {
                await Task.Run(() => _producer.Flush(_closeTimeout)).ConfigureAwait(false);
                _producer.Dispose();
            }
            finally
            {
                _closed.SetResult();
            }
        }

        await Closed.ConfigureAwait(false);
    }

    Task<EmittedRecord> Emit(Key key, T value, bool isNull, Headers? headers)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        // Whoever comes while others wait waits behind them: messages keep the order of the calls.
        return Volatile.Read(ref _waiting) == 0 && _room.Wait(0)
            ? Send(key, value, isNull, headers)
            : WaitAndSend(key, value, isNull, headers);
    }

    async Task<EmittedRecord> WaitAndSend(Key key, T value, bool isNull, Headers? headers)
    {
        Interlocked.Increment(ref _waiting);
        Task<EmittedRecord> delivered;
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await _room.WaitAsync().ConfigureAwait(false);
            delivered = Send(key, value, isNull, headers);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
            _turn.Release();
        }

        return await delivered.ConfigureAwait(false);
    }

    Task<EmittedRecord> Send(Key key, T value, bool isNull, Headers? headers)
    {
        var all = TraceHeaders.WithCurrent(_defaultHeaders.Count == 0 ? headers : _defaultHeaders.Merged(headers), _tracing);
        _figures.Sending();
        try
        {
            var partition = _partitioner.Partition(key.Span, _producer.PartitionCount(Topic));
            var promise = new Promise(this, partition);
            var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            if (isNull)
            {
                _producer.Send(Topic, partition, key.Span, default, true, all, now, promise, 0);
                return promise.Task;
            }

            var buffer = Interlocked.Exchange(ref scratch, null) ?? new ArrayBufferWriter<byte>(256);
            buffer.ResetWrittenCount();
            _codec.Encode(value, buffer);
            _producer.Send(Topic, partition, key.Span, buffer.WrittenSpan, false, all, now, promise, 0);
            scratch = buffer;
            return promise.Task;
        }
        catch
        {
            _room.Release();
            _figures.Settled();
            throw;
        }
    }

    sealed class Promise(Emitter<T> emitter, int partition) : TaskCompletionSource<EmittedRecord>(TaskCreationOptions.RunContinuationsAsynchronously), IDeliveryListener
    {
        public void Delivered(int token, long offset, KafkaFault? fault)
        {
            emitter._room.Release();
            emitter._figures.Settled();
            if (fault is null)
                TrySetResult(new EmittedRecord(partition, offset));
            else
                TrySetException(new KafkaFaultException($"A message to '{emitter.Topic}' was not delivered", fault));
        }
    }
}

/// <summary>Where an emitted message is. <c>View.WaitFor</c> takes both to wait until it shows there.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset.</param>
public readonly record struct EmittedRecord(int Partition, long Offset);
