using System.Buffers;
using GokaAkka.Codecs;
using GokaAkka.Inspection;
using GokaAkka.Telemetry;
using GokaAkka.Tracing;

namespace GokaAkka.Actors;

/// <summary>
/// Puts messages into a stream from outside any processor. Safe for concurrent use; the order of messages with one key is the order of the
/// calls. goka's <c>Emitter</c>.
/// </summary>
/// <typeparam name="T">The messages' type.</typeparam>
public sealed class Emitter<T> : IAsyncDisposable, IDisposable
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    [ThreadStatic]
    static ArrayBufferWriter<byte>? scratch;

    readonly ICodec<T> _codec;
    readonly Func<TopicDescription, IRecordProducer> _newProducer;
    readonly Func<Task<TopicDescription>> _describe;
    readonly IPartitioner _partitioner;
    readonly Headers _defaultHeaders;
    readonly GokaSettings _settings;
    readonly TimeProvider _time;
    readonly EmitterFigures _figures;
    readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guards all below. The producer is called outside it; messages that wait are sent by one thread at a time, ahead of all that come later.
    readonly Lock _gate = new();
    readonly LinkedList<Message> _pending = [];
    readonly LinkedList<Message> _waiting = [];
    IRecordProducer? _producer;
    KafkaFault? _failure;
    TimeSpan _pause = FirstPause;
    long _bytes;
    TopicDescription? _topic;
    bool _isAsking;
    bool _isSendingWaiting;
    bool _isClosed;

    internal Emitter(
        string topic, ICodec<T> codec, Func<TopicDescription, IRecordProducer> newProducer, Func<Task<TopicDescription>> describe, Headers defaultHeaders, GokaSettings settings,
        TimeProvider time, EmitterFigures figures, IPartitioner? partitioner = null)
    {
        Topic = topic;
        _codec = codec;
        _newProducer = newProducer;
        _describe = describe;
        _defaultHeaders = defaultHeaders;
        _partitioner = partitioner ?? settings.Processor.Partitioner;
        _settings = settings;
        _time = time;
        _figures = figures;
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>Told what was lost, and what the producer has failed of.</summary>
    internal Action<string> Warn { get; init; } = static _ => { };

    /// <summary>Ends when it has been disposed.</summary>
    internal Task Closed => _closed.Task;

    /// <summary>How many messages were given up when it was disposed.</summary>
    internal int Lost { get; private set; }

    /// <summary>Unhealthy while its producer has failed for good and there is no other yet, degraded until that has delivered something.</summary>
    internal PartHealth Health => _failure is { } failure
        ? new($"emitter {Topic}", _producer is null ? HealthLevel.Unhealthy : HealthLevel.Degraded, $"its producer has failed and is made anew: {failure}")
        : new($"emitter {Topic}", HealthLevel.Healthy, "Open");

    /// <summary>
    /// Sends a message. The task ends when Kafka has acknowledged it, with the place it got, and faults when Kafka will not. The call itself neither
    /// waits nor throws. A message waits for room while too many, or too many bytes, have no acknowledgement yet.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; null sends a null value.</param>
    /// <param name="headers">The headers. The context of the caller's span (<see cref="System.Diagnostics.Activity.Current"/>) is added, see <c>goka.tracing</c>.</param>
    /// <param name="cancellation">Cancels a message that waits for room; one that the producer has is on its way.</param>
    /// <returns>
    /// Faults with <see cref="KafkaFaultException"/> when the message was not delivered, with <see cref="ObjectDisposedException"/> when the emitter was
    /// disposed before the call, and with what the codec throws.
    /// </returns>
    public Task<EmittedRecord> Emit(Key key, T value, Headers? headers = null, CancellationToken cancellation = default) =>
        Emit(key, value, value is null, headers, cancellation);

    /// <summary>
    /// Sends a null value, also where the type of the messages knows no null; otherwise as <see cref="Emit(Key, T, Headers, CancellationToken)"/>.
    /// </summary>
    public Task<EmittedRecord> EmitNull(Key key, Headers? headers = null, CancellationToken cancellation = default) =>
        Emit(key, default!, true, headers, cancellation);

    /// <summary>Waits until every message emitted before is acknowledged or has failed.</summary>
    /// <exception cref="TimeoutException">Some are still waiting after the close time-out.</exception>
    public async Task Flush()
    {
        if (!await Settled().ConfigureAwait(false))
            throw new TimeoutException($"Messages to '{Topic}' were not acknowledged within {_settings.EmitterCloseTimeout}.");
    }

    /// <summary>
    /// Waits for pending messages, up to the close time-out, and lets the producer go. What is pending then is given up: its tasks fault, and the log
    /// says how many.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        bool isFirst;
        lock (_gate)
            (isFirst, _isClosed) = (!_isClosed, true);
        if (isFirst)
        {
            await Settled().ConfigureAwait(false);
            GiveUp();
            _closed.SetResult();
        }

        await Closed.ConfigureAwait(false);
    }

    /// <summary>As <see cref="DisposeAsync"/>, without waiting for it: for containers that dispose synchronously.</summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    async Task<bool> Settled()
    {
        Task all;
        lock (_gate)
            all = Task.WhenAll(_pending.Concat(_waiting).Select(static m => m.Task));
        await all.WaitAsync(_settings.EmitterCloseTimeout, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Looked at here: whoever emitted hears of a failure by the message's own task.
        _ = all.Exception;
        return all.IsCompleted;
    }

    void GiveUp()
    {
        List<Message> lost;
        lock (_gate)
        {
            lost = [.. _pending, .. _waiting];
            _pending.Clear();
            _waiting.Clear();
            Lost = lost.Count;
            _producer?.Dispose();
            _producer = null;
        }

        if (lost.Count == 0)
            return;
        var fault = new KafkaFault("Local_PurgeQueue", $"the emitter was disposed, and {_settings.EmitterCloseTimeout} were over", FaultKind.Permanent);
        foreach (var message in lost)
            message.Fail(fault);
        Warn($"Emitter of '{Topic}': {lost.Count} messages were not acknowledged within {_settings.EmitterCloseTimeout} and are given up; they may be lost");
    }

    Task<EmittedRecord> Emit(Key key, T value, bool isNull, Headers? headers, CancellationToken cancellation)
    {
        var buffer = Interlocked.Exchange(ref scratch, null) ?? new ArrayBufferWriter<byte>(256);
        buffer.ResetWrittenCount();
        try
        {
            if (!isNull)
                _codec.Encode(value, buffer);
        }
        catch (Exception e)
        {
            return Task.FromException<EmittedRecord>(e);
        }

        var all = TraceHeaders.WithCurrent(_defaultHeaders.Count == 0 ? headers : _defaultHeaders.Merged(headers), _settings.Tracing);
        var message = new Message(this, key, isNull, all, key.Length + buffer.WrittenCount, cancellation);
        IRecordProducer? producer = null;
        var asks = false;
        lock (_gate)
        {
            if (_isClosed)
                return Task.FromException<EmittedRecord>(new ObjectDisposedException(GetType().Name));
            _figures.Sending();
            if (_waiting.Count == 0 && !_isSendingWaiting && CanSend)
            {
                producer = Reserve(message);
            }
            else
            {
                message.Value = buffer.WrittenSpan.ToArray();
                _waiting.AddLast(message.Place);
                asks = _topic is null && !_isAsking;
                _isAsking |= asks;
            }
        }

        if (producer is not null)
            Send(producer, message, buffer.WrittenSpan);
        else
            message.Registration = cancellation.UnsafeRegister(static m => ((Message)m!).Cancel(), message);
        if (asks)
            _ = Ask();
        scratch = buffer;
        return message.Task;
    }

    bool CanSend => _producer is not null && _pending.Count < _settings.EmitterMaxPending && _bytes < _settings.EmitterMaxPendingBytes;

    IRecordProducer Reserve(Message message)
    {
        _pending.AddLast(message.Place);
        _bytes += message.Bytes;
        message.Partition = _partitioner.Partition(message.Key.Span, _topic!.Partitions);
        return _producer!;
    }

    async Task Ask()
    {
        Exception? error = null;
        TopicDescription? topic = null;
        IRecordProducer? producer = null;
        try
        {
            topic = await _describe().ConfigureAwait(false);
            producer = _newProducer(topic);
        }
        catch (Exception e)
        {
            error = e;
        }

        List<Message> refused = [];
        lock (_gate)
        {
            (_isAsking, _topic) = (false, topic);
            if (error is not null)
            {
                refused.AddRange(_waiting);
                _waiting.Clear();
            }
            else
            {
                Use(producer!);
            }
        }

        refused.ForEach(m => m.Refuse(error!));
        SendWaiting();
    }

    void SendWaiting()
    {
        var mayGoOn = false;
        while (true)
        {
            Message message;
            IRecordProducer producer;
            lock (_gate)
            {
                if ((_isSendingWaiting && !mayGoOn) || !CanSend || _waiting.First is not { Value: var first })
                {
                    _isSendingWaiting &= !mayGoOn;
                    return;
                }

                _isSendingWaiting = mayGoOn = true;
                message = first;
                _waiting.RemoveFirst();
                producer = Reserve(message);
            }

            message.Registration.Unregister();
            Send(producer, message, message.Value);
        }
    }

    void Send(IRecordProducer producer, Message message, ReadOnlySpan<byte> value)
    {
        try
        {
            producer.Send(
                Topic, message.Partition, message.Key.Span, value, message.IsNull, message.Headers, _time.GetUtcNow().ToUnixTimeMilliseconds(), message, 0);
        }
        catch (Exception e)
        {
            if (TrySettle(message))
                message.Refuse(e);
        }
    }

    /// <summary>Its fate is known; false where it was known before.</summary>
    bool TrySettle(Message message)
    {
        lock (_gate)
        {
            if (message.Place.List != _pending)
                return false;
            _pending.Remove(message.Place);
            _bytes -= message.Bytes;
            return true;
        }
    }

    // Closed, with nothing left to send: no producer is of use any more.
    bool IsOver => _isClosed && _waiting.Count == 0;

    void Use(IRecordProducer producer)
    {
        if (IsOver)
        {
            producer.Dispose();
            return;
        }

        _producer = producer;
        producer.Failed += fault => Replace(producer, fault);
    }

    /// <summary>A producer that has failed for good is replaced, after a pause that grows while others fail too. What is emitted meanwhile waits.</summary>
    void Replace(IRecordProducer failed, KafkaFault fault)
    {
        TimeSpan pause;
        lock (_gate)
        {
            if (_producer != failed)
                return;
            (_producer, _failure) = (null, fault);
            pause = _pause;
            _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
        }

        Warn($"Emitter of '{Topic}': its producer has failed and is made anew in {(long)pause.TotalMilliseconds} ms: {fault}");
        failed.Dispose();
        _ = Task.Delay(pause, _time).ContinueWith(
            _ =>
            {
                lock (_gate)
                {
                    if (!IsOver)
                        Use(_newProducer(_topic!));
                }

                SendWaiting();
            },
            TaskScheduler.Default);
    }

    void Delivered(Message message, long offset, KafkaFault? fault)
    {
        if (!TrySettle(message))
            return;
        if (fault is null)
        {
            (_failure, _pause) = (null, FirstPause);
            message.Deliver(offset);
        }
        else
        {
            message.Fail(fault);
        }

        SendWaiting();
    }

    sealed class Message : TaskCompletionSource<EmittedRecord>, IDeliveryListener
    {
        readonly Emitter<T> _emitter;

        readonly CancellationToken _cancellation;

        public Message(Emitter<T> emitter, Key key, bool isNull, Headers? headers, int bytes, CancellationToken cancellation)
            : base(TaskCreationOptions.RunContinuationsAsynchronously)
        {
            (_emitter, Key, IsNull, Headers, Bytes, _cancellation) = (emitter, key, isNull, headers, bytes, cancellation);
            Place = new LinkedListNode<Message>(this);
        }

        public Key Key { get; }

        public bool IsNull { get; }

        public Headers? Headers { get; }

        public int Bytes { get; }

        public int Partition { get; set; }

        /// <summary>The encoded value while it waits.</summary>
        public byte[] Value { get; set; } = [];

        public CancellationTokenRegistration Registration { get; set; }

        /// <summary>Among those that wait, or those that are pending.</summary>
        public LinkedListNode<Message> Place { get; }

        public void Delivered(int token, long offset, KafkaFault? fault) => _emitter.Delivered(this, offset, fault);

        public void Deliver(long offset)
        {
            _emitter._figures.Settled();
            TrySetResult(new EmittedRecord(Partition, offset));
        }

        public void Fail(KafkaFault fault) => Refuse(new KafkaFaultException($"A message to '{_emitter.Topic}' with key '{Key}' was not delivered", fault));

        public void Refuse(Exception error)
        {
            _emitter._figures.Settled();
            TrySetException(error);
        }

        public void Cancel()
        {
            lock (_emitter._gate)
            {
                if (Place.List != _emitter._waiting)
                    return;
                _emitter._waiting.Remove(Place);
            }

            _emitter._figures.Settled();
            TrySetCanceled(_cancellation);
        }
    }
}

/// <summary>Where an emitted message is. <c>View.WaitFor</c> takes both to wait until it shows there.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset.</param>
public readonly record struct EmittedRecord(int Partition, long Offset);
