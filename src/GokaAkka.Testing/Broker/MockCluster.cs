using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using GokaAkka.Kafka.Native;
using Microsoft.Win32.SafeHandles;

namespace GokaAkka.Testing;

/// <summary>
/// Owns a native client with its mock cluster. Calls that are under way when it is disposed end first; later ones throw
/// <see cref="ObjectDisposedException"/>. Errors of the cluster are <see cref="KafkaFaultException"/>s.
/// </summary>
internal sealed unsafe class MockCluster : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>The mock's answer to making a topic that is there.</summary>
    public const int TopicAlreadyExists = (int)ErrorCode.TopicAlreadyExists;

    static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(5);

    readonly GCHandle _log;
    nint _cluster;

    public MockCluster(EmbeddedBrokerOptions options) : base(ownsHandle: true)
    {
        var configuration = NativeApi.NewConfiguration();
        var error = stackalloc byte[NativeApi.ErrorTextLength];
        try
        {
            Set("test.mock.num.brokers", options.Brokers.ToString(CultureInfo.InvariantCulture));
            // The client connects only to be asked for topics, and then soon after the brokers are up again.
            Set("topic.metadata.refresh.interval.ms", "-1");
            Set("reconnect.backoff.ms", "10");
            Set("reconnect.backoff.max.ms", "100");
            NativeApi.SetLog(configuration, null);
            if (options.Log is not null)
            {
                _log = GCHandle.Alloc(options.Log);
                NativeApi.SetOpaque(configuration, GCHandle.ToIntPtr(_log));
                NativeApi.SetLog(configuration, &Log);
            }

            SetHandle(NativeApi.NewProducer(configuration, error));
        }
        finally
        {
            // Taken over by the client when there is one.
            if (IsInvalid)
            {
                NativeApi.DestroyConfiguration(configuration);
                if (_log.IsAllocated)
                    _log.Free();
            }
        }

        if (IsInvalid)
            throw new InvalidOperationException($"An embedded cluster of {options.Brokers} broker(s) could not be started: {Text((nint)error)}");
        _cluster = NativeMock.Cluster(handle);
        NativeMock.SetInitialRebalanceDelay(_cluster, Milliseconds(options.InitialRebalanceDelay));
        NativeMock.SetSessionTimeout(_cluster, Milliseconds(options.ConsumerSessionTimeout));
        NativeMock.SetHeartbeatInterval(_cluster, Milliseconds(options.ConsumerHeartbeatInterval));
        BootstrapServers = Text(NativeMock.BootstrapServers(_cluster));

        void Set(string name, string value)
        {
            if (NativeApi.Set(configuration, name, value, error, NativeApi.ErrorTextLength) != 0)
                throw new InvalidOperationException($"librdkafka refuses {name}={value}: {Text((nint)error)}");
        }
    }

    public string BootstrapServers { get; }

    /// <summary>Calls the cluster with a function that answers with an error code.</summary>
    public void Do(string what, Func<nint, int> call)
    {
        if (Use(call) is not 0 and var error)
            throw Failure(what, error);
    }

    public T Use<T>(Func<nint, T> call)
    {
        var added = false;
        try
        {
            DangerousAddRef(ref added);
            return call(_cluster);
        }
        finally
        {
            if (added)
                DangerousRelease();
        }
    }

    /// <summary>The offsets that a partition has, as its leader tells them.</summary>
    public (long First, long End) Offsets(string topic, int partition) => Use(_ =>
    {
        var error = NativeMock.Watermarks(handle, topic, partition, out var first, out var end, (int)MetadataTimeout.TotalMilliseconds);
        return error == 0 ? (first, end) : throw Failure($"tell the offsets of {topic}[{partition}] (is its leader down?)", error);
    });

    /// <summary>All topics with their partition counts, those made by being used included.</summary>
    public SortedDictionary<string, int> Topics()
    {
        var added = false;
        NativeMock.MetadataView* metadata = null;
        try
        {
            DangerousAddRef(ref added);
            var error = NativeMock.Metadata(handle, allTopics: 1, onlyTopic: 0, out metadata, (int)MetadataTimeout.TotalMilliseconds);
            if (error != 0)
                throw Failure("list its topics (is every broker down?)", error);
            var topics = new SortedDictionary<string, int>(StringComparer.Ordinal);
            foreach (ref readonly var topic in new ReadOnlySpan<NativeMock.TopicView>(metadata->Topics, metadata->TopicCount))
                topics[Text(topic.Name)] = topic.PartitionCount;
            return topics;
        }
        finally
        {
            if (metadata is not null)
                NativeMock.DestroyMetadata(metadata);
            if (added)
                DangerousRelease();
        }
    }

    public KafkaFaultException Failure(string what, int error) => new(
        $"The embedded broker at {BootstrapServers} could not {what}",
        GokaAkka.Kafka.Confluent.Faults.From(new Error((ErrorCode)error, Text(NativeApi.ErrorText(error)))));

    protected override bool ReleaseHandle()
    {
        _cluster = 0;
        NativeApi.Destroy(handle);
        if (_log.IsAllocated)
            _log.Free();
        return true;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Log(nint client, int level, byte* facility, byte* text)
    {
        try
        {
            if (GCHandle.FromIntPtr(NativeApi.OpaqueOf(client)).Target is Action<string> log)
                log($"{Text((nint)facility)}: {Text((nint)text)}");
        }
        catch (Exception)
        {
            // An exception must not reach native code, and a log that fails is no reason to stop the broker.
        }
    }

    static int Milliseconds(TimeSpan time) => (int)time.TotalMilliseconds;

    static string Text(nint utf8) => Marshal.PtrToStringUTF8(utf8) ?? "";
}
