using Confluent.Kafka;
using TopicPartition = Confluent.Kafka.TopicPartition;

namespace GokaAkka.Integration.Tests.Clusters;

/// <summary>Users that click at a steady rate, one after the other, and what of it the broker has.</summary>
sealed class ClickLoad : IAsyncDisposable
{
    public const string Topic = "clicks";
    public const int Partitions = 12;

    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    readonly IProducer<byte[], byte[]> _producer;
    readonly CancellationTokenSource _stop = new();
    readonly long[] _acknowledged = new long[Users.Length];
    Task _running = Task.CompletedTask;

    public ClickLoad(string brokers) => _producer = Clients.Producer(brokers);

    public static string[] Users { get; } = [.. Enumerable.Range(0, 48).Select(static i => $"user-{i}")];

    /// <summary>Where a user's clicks are.</summary>
    public static int PartitionOf(string user) => Partitioners.Fnv1a.Partition(Encoding.UTF8.GetBytes(user), Partitions);

    /// <summary>The clicks of each user that cannot be lost any more.</summary>
    public Dictionary<string, long> Acknowledged => Users.Select((u, i) => (u, Count: Interlocked.Read(ref _acknowledged[i]))).ToDictionary(static c => c.u, static c => c.Count);

    /// <summary>They begin.</summary>
    public void Start() => _running = Task.Run(Run);

    /// <summary>Ends the clicking; all clicks are acknowledged then.</summary>
    public async Task Stop()
    {
        await _stop.CancelAsync();
        await _running;
        _producer.Flush(Clients.Deadline).ShouldBe(0, "clicks that the broker has not acknowledged");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _producer.Dispose();
    }

    async Task Run()
    {
        using var tick = new PeriodicTimer(Tick);
        for (var i = 0; !_stop.IsCancellationRequested; i = (i + 1) % Users.Length)
        {
            var (user, key) = (i, Encoding.UTF8.GetBytes(Users[i]));
            _producer.Produce(
                new TopicPartition(Topic, PartitionOf(Users[i])), new Message<byte[], byte[]> { Key = key, Value = "/home"u8.ToArray() },
                report =>
                {
                    if (!report.Error.IsError)
                        Interlocked.Increment(ref _acknowledged[user]);
                });
            await tick.WaitForNextTickAsync();
        }
    }
}
