using System.Text.Json;
using Akka.Actor;
using Akka.Event;

namespace GokaAkka.Bench.Loads;

/// <summary>Requests a second.</summary>
sealed record RequestRates(double Produce, double Fetch);

/// <summary>What native clients say in their statistics of the requests that they have sent. Safe for concurrent use.</summary>
sealed class RequestCounts
{
    public const int IntervalMs = 1000;

    readonly Lock _gate = new();

    // Of each client: what it said first since the last question, and last.
    readonly Dictionary<string, (Said First, Said Last)> _clients = [];

    public void Add(string json)
    {
        using var statistics = JsonDocument.Parse(json);
        var root = statistics.RootElement;
        var requests = root.GetProperty("brokers").EnumerateObject().Select(static b => b.Value.GetProperty("req")).ToList();
        var said = new Said(root.GetProperty("ts").GetInt64(), Sum("Produce"), Sum("Fetch"));
        lock (_gate)
        {
            var name = root.GetProperty("name").GetString()!;
            _clients[name] = (_clients.TryGetValue(name, out var known) ? known.First : said, said);
        }

        long Sum(string kind) => requests.Sum(r => r.TryGetProperty(kind, out var count) ? count.GetInt64() : 0);
    }

    /// <summary>The rates since the last time.</summary>
    public RequestRates Take()
    {
        lock (_gate)
        {
            var (produce, fetch) = (0.0, 0.0);
            foreach (var (name, (first, last)) in _clients.ToList())
            {
                var seconds = Math.Max(1, last.Microseconds - first.Microseconds) / 1e6;
                (produce, fetch) = (produce + ((last.Produce - first.Produce) / seconds), fetch + ((last.Fetch - first.Fetch) / seconds));
                _clients[name] = (last, last);
            }

            return new RequestRates(produce, fetch);
        }
    }

    readonly record struct Said(long Microseconds, long Produce, long Fetch);
}

/// <summary>Takes the clients' statistics out of the log, and shows what else there is of warnings and errors.</summary>
sealed class RequestLogger : ReceiveActor
{
    public static RequestCounts? Counts { get; set; }

    public RequestLogger()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(line =>
        {
            var text = line.Message.ToString()!;
            if (text.IndexOf("STATISTICS: ", StringComparison.Ordinal) is var at and >= 0)
                Counts!.Add(text[(at + "STATISTICS: ".Length)..]);
            else if (line.LogLevel() >= LogLevel.WarningLevel)
                Console.Error.WriteLine(line.ToString());
        });
    }
}
