using GokaAkka.Integration.Tests.Restore;
using GokaAkka.Storage.LiteDb;

namespace GokaAkka.Integration.Tests.Rebalances;

/// <summary>Whole processors on the real client and durable stores, under load, while nodes come and go.</summary>
[Collection(RestoreCollection.Name)]
public sealed class HandOverTests(ITestOutputHelper output) : IDisposable
{
    const int Partitions = 4;
    const string Settings = "goka.processor { rebalance = cooperative, standby = 1 }\ngoka.table.flush-interval = 100ms";

    readonly EmbeddedBroker _broker = EmbeddedBroker.Start();
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("goka-handover-");

    static GroupGraph<long> Counts => GroupGraph.Define<long>("counts", g => g
        .Input("clicks", Codec.String, (ctx, _) => ctx.SetValue(ctx.Value + 1))
        .Input("likes", Codec.String, (ctx, _) => ctx.SetValue(ctx.Value + 1))
        .Persist(Codec.Int64));

    public void Dispose()
    {
        _broker.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task What_stays_must_go_on_what_moves_lose_and_repeat_nothing_and_standbys_take_over_without_a_restore()
    {
        _broker.CreateTopic("clicks", Partitions);
        _broker.CreateTopic("likes", Partitions);
        await using var second = new Node(_broker, Store("second"), Settings);
        await using var load = new Load(second.Goka);
        Processor<long> there;
        IReadOnlyCollection<string> log;
        await using (var first = new Node(_broker, Store("first"), Settings))
        {
            var here = first.Goka.Process(Counts);
            await here.Ready.WaitAsync(Node.Patience);
            await load.Counted(500, here);

            there = second.Goka.Process(Counts);
            await Eventually(() => (Running(here).Count, Running(there).Count) == (2, 2));
            var stayed = Running(here);
            await Eventually(() => there.Partitions.Count(p => p.State == PartitionState.Following) == 2);
            await load.Counted(500, here, there);
            // Generations count assignments of this node: what was assigned first has stayed as it was.
            if (!first.Log.Any(l => l.Contains("are lost: the group has gone on")))
                here.Partitions.Where(p => stayed.Contains(p.Partition)).ShouldAllBe(p => p.Generation == 1 && p.Restarts == 0);
            var clock = Stopwatch.StartNew();
            await here.Stop().WaitAsync(Node.Patience);
            await Eventually(() => Running(there).Count == Partitions);
            log = first.Log;
            output.WriteLine($"{stayed.Count} partitions taken over {clock.ElapsedMilliseconds} ms after their owner was asked to stop");
        }

        var sent = await load.Stop();
        await Eventually(() => Sum(there) >= sent);

        // The embedded broker refuses commits while a group rebalances, as real ones do not, and a machine that stands still costs a membership.
        if (log.Concat(second.Log).Any(l => l.Contains("RebalanceInProgress") || l.Contains("are lost: the group has gone on")))
            Sum(there).ShouldBeGreaterThanOrEqualTo(sent);
        else
            Sum(there).ShouldBe(sent, "each record counts once");
        there.Partitions.Sum(p => p.Restarts).ShouldBe(0);
        // What was newer than the standby's last look, of the last moments under load.
        there.Partitions.Sum(p => p.Restored).ShouldBeLessThan(sent / 2);
        second.Log.Count(l => l.Contains("is restored: 0 records")).ShouldBeGreaterThan(0);
    }

    LiteDbStorageProvider Store(string name) => new(Path.Combine(_directory.FullName, name));

    static List<int> Running(Processor processor) =>
        [.. processor.Partitions.Where(p => p.State == PartitionState.Running).Select(p => p.Partition)];

    static long Sum(params Processor<long>[] processors) => processors.Sum(p => p.Local().Sum(e => e.Value));

    static async Task Eventually(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var deadline = new CancellationTokenSource(Node.Patience);
        while (!condition())
            await timer.WaitForNextTickAsync(deadline.Token);
    }

    /// <summary>Sends to both inputs, all the time, as fast as it is acknowledged.</summary>
    sealed class Load : IAsyncDisposable
    {
        readonly Emitter<string> _clicks;
        readonly Emitter<string> _likes;
        readonly Task _sending;
        volatile bool _isStopped;
        long _sent;

        public Load(Goka goka)
        {
            _clicks = goka.Emitter("clicks", Codec.String);
            _likes = goka.Emitter("likes", Codec.String);
            _sending = Task.Run(Send);
        }

        public Task Counted(long more, params Processor<long>[] processors)
        {
            var before = Sum(processors);
            return Eventually(() => Sum(processors) >= before + more);
        }

        public async Task<long> Stop()
        {
            _isStopped = true;
            await _sending.WaitAsync(Node.Patience);
            return _sent;
        }

        public async ValueTask DisposeAsync()
        {
            await Stop();
            await _clicks.DisposeAsync();
            await _likes.DisposeAsync();
        }

        async Task Send()
        {
            for (var i = 0; !_isStopped; i++)
            {
                await Task.WhenAll(_clicks.Emit($"user-{i % 40}", "/"), _likes.Emit($"user-{(i + 1) % 40}", "/"));
                _sent += 2;
            }
        }
    }
}
