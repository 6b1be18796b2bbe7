using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GokaAkka.Hosting.Tests;

/// <summary>The base of tests of a real host on a Kafka in memory.</summary>
public abstract class HostingTest
{
    protected const int Partitions = 4;
    protected const string Group = "counts";

    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    const string Quick =
        """
        goka {
          storage.provider = memory
          processor { poll-timeout = 10ms, commit-interval = 20ms }
          table.flush-interval = 20ms
        }
        """;

    protected HostingTest() => Kafka.CreateTopic("in", Partitions);

    protected InMemoryKafka Kafka { get; } = new();

    protected RecordedLog Log { get; } = new();

    /// <summary>Counts the records of each key.</summary>
    protected static GroupGraph<long> Counting(string group = Group, string input = "in", Action? called = null) => GroupGraph.Define<long>(group, g => g
        .Input(input, Codec.String, (ctx, _) =>
        {
            called?.Invoke();
            ctx.SetValue(ctx.Value + 1);
        })
        .Persist(Codec.Int64));

    protected IHost Build(Action<GokaBuilder> goka, Action<HostApplicationBuilder>? more = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(Log);
        builder.Services.AddHealthChecks().AddGoka();
        builder.Services.AddGoka(g => goka(g.UseKafka(_ => Kafka).AddHocon(Quick)));
        more?.Invoke(builder);
        return builder.Build();
    }

    protected static Task<HealthReport> Health(IHost host, string tag) =>
        host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(c => c.Tags.Contains(tag));

    protected void Send(string key) => Kafka.Append("in", Partitioners.Fnv1a.Partition(Encoding.UTF8.GetBytes(key), Partitions), key, "");

    /// <summary>Waits for a condition.</summary>
    protected static async Task Eventually(Func<Task<bool>> condition, string what)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            try
            {
                await look.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Not within {Patience.TotalSeconds} s: {what}");
            }
        }
    }
}
