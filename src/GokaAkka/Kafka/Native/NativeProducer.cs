using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using GokaAkka.Kafka.Confluent;
using static GokaAkka.Kafka.Native.NativeApi;

namespace GokaAkka.Kafka.Native;

/// <summary>
/// An idempotent producer straight on librdkafka: no object, no array and no callback of ours per record, and one call to the listener for a
/// run of delivered records. One thread serves the delivery reports, so they come in the order of sending, one at a time.
/// </summary>
/// <remarks>Confluent.Kafka's own producer costs two to three times as much per record.</remarks>
sealed unsafe class NativeProducer : IRecordProducer
{
    const int ServeMilliseconds = 100;

    // RD_KAFKA_PURGE_F_QUEUE, _INFLIGHT and _NON_BLOCKING.
    const int PurgeAll = 1 | 2 | 4;

    static readonly TimeSpan PurgeTimeout = TimeSpan.FromSeconds(2);

    static readonly TimeSpan IdleCheck = TimeSpan.FromMilliseconds(5);

    // Something to point at for keys and values that are empty, which is another thing than null.
    static readonly byte* Nothing = (byte*)NativeMemory.AllocZeroed(1);

    // A batch's own head, and a record's lengths, times and attributes at their longest.
    const int BatchOverhead = 61 + 36;

    readonly LaneTable _lanes;
    readonly IReadOnlyDictionary<string, int> _limits;
    readonly NativeTransactions? _transactions;
    readonly object _idle = new();
    readonly nint _client;
    readonly string _principal;
    readonly ClientLog _log;
    readonly string _name;
    GCHandle _self;
    int _waiting;
    Action<KafkaFault>? _onFailed;
    KafkaFault? _failure;
    volatile bool _disposed;

    // Of the delivery thread: reports of one run that have not been told yet.
    nint _run = -1;
    int _runCount;
    long _runOffset;

    /// <param name="config">librdkafka's settings; those of the .NET client are passed over.</param>
    /// <param name="batchLimits">The topics' <c>max.message.bytes</c>, where known.</param>
    /// <param name="log">Takes the client's own lines, and errors that it goes on from.</param>
    /// <exception cref="InvalidOperationException">A setting is not known or not allowed; the message names it.</exception>
    public NativeProducer(Dictionary<string, string> config, IReadOnlyDictionary<string, int> batchLimits, ClientLog log)
    {
        // What is compressed may be larger here than at the broker, which decides then.
        var isCompressed = (config.GetValueOrDefault("compression.type") ?? config.GetValueOrDefault("compression.codec") ?? "none") != "none";
        _limits = isCompressed ? new Dictionary<string, int>() : batchLimits;
        _principal = Faults.Principal(config);
        _log = log;
        _name = config["client.id"];
        _self = GCHandle.Alloc(this);
        try
        {
            _client = NewClient(config, GCHandle.ToIntPtr(_self));
        }
        catch
        {
            _self.Free();
            throw;
        }

        _lanes = new LaneTable(_client, _limits);
        _transactions = config.ContainsKey("transactional.id") ? new NativeTransactions(_client) : null;
        new Thread(Serve) { Name = "goka-produce-" + config["client.id"], IsBackground = true }.Start();
    }

    /// <summary>Also told to who asks after the fact: the client may fail before its owner can ask.</summary>
    public event Action<KafkaFault>? Failed
    {
        add
        {
            KafkaFault? failure;
            lock (_idle)
            {
                _onFailed += value;
                failure = _failure;
            }

            if (failure is not null)
                value?.Invoke(failure);
        }

        remove
        {
            lock (_idle)
                _onFailed -= value;
        }
    }

    public void Send(
        string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Records.Headers? headers, long timestamp,
        IDeliveryListener? listener, int token)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var lane = _lanes.Get(topic, partition);
        if (key.Length + value.Length > lane.BatchLimit - BatchOverhead)
        {
            throw new KafkaFaultException($"A record to {topic}[{partition}] was refused", new KafkaFault(
                nameof(ErrorCode.MsgSizeTooLarge),
                $"it has {key.Length + value.Length} bytes of key and value, and the topic takes {lane.BatchLimit} a batch (max.message.bytes), of which {BatchOverhead} are Kafka's own",
                FaultKind.Record));
        }

        if (TrySend(lane, key, value, valueIsNull, headers, timestamp, listener, token) is { } error)
            throw new KafkaFaultException($"A record to {topic}[{partition}] was refused", Faults.OfTopic(error, "WRITE", topic, _principal));
    }

    public bool Flush(TimeSpan timeout)
    {
        var started = TimeProvider.System.GetTimestamp();
        Interlocked.Increment(ref _waiting);
        try
        {
            lock (_idle)
            {
                while (_lanes.AnyInFlight())
                {
                    var left = timeout - TimeProvider.System.GetElapsedTime(started);
                    if (left <= TimeSpan.Zero || _disposed)
                        return false;
                    Monitor.Wait(_idle, left < IdleCheck ? left : IdleCheck);
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        return true;
    }

    public void InitTransactions(TimeSpan timeout) => Transactions.Init(timeout);

    public void BeginTransaction() => Transactions.Begin();

    public void SendOffsetsToTransaction(IReadOnlyCollection<TopicPartitionOffset> offsets, IGroupMembership membership, TimeSpan timeout)
    {
        var proof = (ConfluentMembership)membership;
        proof.Check();
        Transactions.SendOffsets(offsets, proof, timeout);
    }

    public void CommitTransaction(TimeSpan timeout) => Transactions.Commit(timeout);

    public void AbortTransaction(TimeSpan timeout) => Transactions.Abort(timeout);

    public void Dispose()
    {
        lock (_idle)
        {
            if (_disposed)
                return;
            _disposed = true;
            Monitor.PulseAll(_idle);
        }
    }

    // On the delivery thread, whoever disposes: a transactional call under way is waited for, and the client may not come back from it.
    void LetGo()
    {
        // Whoever is about to send finds its lane closed; whoever was sending has left it.
        _lanes.Close();
        // Whoever waits for a record hears that it was given up.
        _ = Purge(_client, PurgeAll);
        for (var began = TimeProvider.System.GetTimestamp(); _lanes.AnyInFlight() && TimeProvider.System.GetElapsedTime(began) < PurgeTimeout;)
            ServeOnce();
        _transactions?.Close();
        Destroy(_client);
        _self.Free();
    }

    [SkipLocalsInit]
    Error? TrySend(
        DeliveryLane lane, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Records.Headers? headers, long timestamp,
        IDeliveryListener? listener, int token)
    {
        var parts = stackalloc Part[8];
        fixed (byte* keyBytes = key)
        fixed (byte* valueBytes = value)
        {
            parts[0] = Part.Of(PartKind.Topic, lane.Topic);
            parts[1] = Part.Of(PartKind.Partition, lane.Partition);
            parts[2] = Part.Of(PartKind.Key, keyBytes is null ? Nothing : keyBytes, key.Length);
            parts[3] = Part.Of(PartKind.Value, valueIsNull ? null : valueBytes is null ? Nothing : valueBytes, value.Length);
            parts[4] = Part.Of(PartKind.Flags, CopyPayload);
            parts[5] = Part.Of(PartKind.Timestamp, Math.Max(0, timestamp));
            var count = 7;
            if (headers is { Count: > 0 })
                parts[count++] = Part.Of(PartKind.Headers, NativeHeaders(headers));
            lock (lane.Gate)
            {
                ObjectDisposedException.ThrowIf(lane.IsClosed, this);
                var opaque = lane.Expect(listener, token);
                parts[6] = Part.Of(PartKind.Opaque, opaque);
                var failure = Produce(_client, parts, (nuint)count);
                if (failure == 0)
                    return null;
                lane.Landed(opaque, 1);
                // librdkafka takes the headers only with the record.
                if (count > 7)
                    DestroyHeaders(parts[7].Pointer);
                return Take(failure);
            }
        }
    }

    void Serve()
    {
        while (!_disposed)
            ServeOnce();
        LetGo();
    }

    void ServeOnce()
    {
        Poll(_client, ServeMilliseconds);
        TellRun();
        if (Volatile.Read(ref _waiting) == 0)
            return;
        lock (_idle)
            Monitor.PulseAll(_idle);
    }

    // On the delivery thread, once per record: counts those of a run together and tells them when another begins.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void OnDelivered(nint client, Message* message, nint self)
    {
        var producer = Of(self);
        try
        {
            producer.Delivered(message);
        }
        catch (Exception e)
        {
            producer.FailOf(e);
        }
    }

    void Delivered(Message* message)
    {
        if (_run != message->Opaque || message->Error != 0 || !DeliveryLane.IsToldTogether(message->Opaque))
            TellRun();
        _run = message->Opaque;
        _runCount++;
        _runOffset = message->Offset;
        if (message->Error != 0)
            TellFault(message->Error);
    }

    void TellRun()
    {
        if (_runCount == 0)
            return;
        Tell(null);
    }

    void TellFault(int code)
    {
        var lane = _lanes[DeliveryLane.LaneOf(_run)];
        var fault = Faults.OfTopic(new Error((ErrorCode)code, Text(ErrorText(code)), false), "WRITE", lane.TopicName, _principal);
        Tell(fault with { Reason = $"{lane.TopicName}[{lane.Partition}]: {fault.Reason}" });
    }

    void Tell(KafkaFault? fault)
    {
        var (listener, token) = Listener();
        try
        {
            if (fault is null && listener is IRunListener together)
                together.Delivered(token, _runCount, _runOffset);
            else
                listener?.Delivered(token, _runOffset, fault);
        }
        catch (Exception e)
        {
            FailOf(e);
        }

        Landed();
    }

    (IDeliveryListener?, int) Listener()
    {
        var lane = _lanes[DeliveryLane.LaneOf(_run)];
        lock (lane.Gate)
            return lane.ListenerOf(_run);
    }

    // After the listener was told: who waits for everything to be delivered waits for that, too.
    void Landed()
    {
        var lane = _lanes[DeliveryLane.LaneOf(_run)];
        lock (lane.Gate)
            lane.Landed(_run, _runCount);
        _runCount = 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void OnError(nint client, int code, byte* reason, nint self)
    {
        var producer = Of(self);
        var isFatal = (ErrorCode)code == ErrorCode.Local_Fatal;
        var text = Text((nint)reason);
        if (isFatal)
        {
            var buffer = stackalloc byte[ErrorTextLength];
            code = FatalError(client, buffer, ErrorTextLength);
            text = Text((nint)buffer);
        }

        if (isFatal)
            producer.Fail(Faults.From(new Error((ErrorCode)code, text, isFatal: true)));
        else
            producer._log.Add(producer._name, SyslogLevel.Warning, ((ErrorCode)code).ToString(), text);
    }

    void Fail(KafkaFault fault)
    {
        Action<KafkaFault>? told;
        lock (_idle)
        {
            if (_failure is not null)
                return;
            _failure = fault;
            told = _onFailed;
        }

        try
        {
            told?.Invoke(fault);
        }
        catch (Exception)
        {
            // It is of no more use in any case, and an exception that leaves for native code ends the process.
        }
    }

    void FailOf(Exception defect) => Fail(new KafkaFault("Local_Application", $"a delivery listener threw: {defect}", FaultKind.Fatal));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void OnLog(nint client, int level, byte* facility, byte* text)
    {
        var producer = Of(OpaqueOf(client));
        producer._log.Add(producer._name, (SyslogLevel)level, Text((nint)facility), Text((nint)text));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int OnStatistics(nint client, byte* json, nuint length, nint self)
    {
        var producer = Of(self);
        producer._log.Statistics(producer._name, Encoding.UTF8.GetString(json, (int)length));
        return 0;
    }

    static nint NewClient(Dictionary<string, string> config, nint self)
    {
        var error = stackalloc byte[ErrorTextLength];
        var configuration = NewConfiguration();
        foreach (var (name, value) in config)
        {
            if (name.StartsWith("dotnet.", StringComparison.Ordinal) || Set(configuration, name, value, error, ErrorTextLength) == 0)
                continue;
            DestroyConfiguration(configuration);
            throw new InvalidOperationException($"The producer's setting {name} = '{value}' is refused: {Text((nint)error)}");
        }

        SetOpaque(configuration, self);
        SetDelivered(configuration, &OnDelivered);
        SetError(configuration, &OnError);
        SetLog(configuration, &OnLog);
        SetStatistics(configuration, &OnStatistics);
        var client = NewProducer(configuration, error);
        if (client != 0)
            return client;
        DestroyConfiguration(configuration);
        throw new InvalidOperationException($"The producer cannot be made: {Text((nint)error)}");
    }

    static nint NativeHeaders(Records.Headers headers)
    {
        var theirs = NewHeaders((nuint)headers.Count);
        foreach (var header in headers)
        {
            fixed (byte* value = header.Value.Span)
                _ = AddHeader(theirs, header.Name, -1, header.IsNull ? null : value is null ? Nothing : value, header.Value.Length);
        }

        return theirs;
    }

    static Error Take(nint failure)
    {
        var error = new Error((ErrorCode)CodeOf(failure), Text(ErrorString(failure)), false);
        DestroyError(failure);
        return error;
    }

    static NativeProducer Of(nint self) => (NativeProducer)GCHandle.FromIntPtr(self).Target!;

    static string Text(nint utf8) => Marshal.PtrToStringUTF8(utf8) ?? "";

    NativeTransactions Transactions
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _transactions ?? throw new InvalidOperationException("The producer was made without a transactional id.");
        }
    }
}
