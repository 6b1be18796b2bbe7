namespace GokaAkka.Outages;

/// <summary>
/// What became of a trial, and where it falls short of what is promised. Records are lost that nothing was emitted for, or that the table has not
/// counted; silences are the longest of each partition, of what the workers emit and of what they read; complaints are waits in vain and wrong exit codes.
/// </summary>
sealed record Outcome(
    string Scenario, string Delivery, long Sent, long NotEmitted, long NotTabled, long Repeated, long OutOfOrder, long Restarts, TimeSpan[] Silences,
    TimeSpan[] InputSilences, TimeSpan Stop, IReadOnlyList<string> Complaints)
{
    const int Slack = 10 + FaultCluster.Session;
    // goka.processor.transaction.timeout of the worker, and how often the brokers look for transactions that are over it.
    const int Transaction = 5 + 1;
    // goka.processor.drain-timeout and 5 s.
    const int StopBound = 20 + 5;

    public const string Header = """
        | scenario | at-least-once or exactly-once | lost | repeated | out of order | restarts | longest silence s | stop s |
        |---|---|---|---|---|---|---|---|
        """;

    /// <summary>What it is held against.</summary>
    public static string Legend { get; } = $"""

        Bounds: nothing lost, nothing out of order, no restart; exactly once, nothing repeated; a stop takes {StopBound} s at most, with exit code 0. No partition is
        silent for longer than its input was and {Slack} s (10 s and the session), exactly once {Slack + Transaction} s (also the transaction's time-out and its check).
        """;

    /// <summary>What does not stand in the table.</summary>
    public string Detail => $"{Scenario}, {Delivery}: {Sent} records; partitions silent for {Seconds(Silences)} s, their inputs for {Seconds(InputSilences)} s";

    public long Lost => Math.Max(NotEmitted, NotTabled);

    bool IsExactlyOnce => Delivery == "exactly-once";

    public override string ToString() =>
        $"| {Scenario} | {Delivery} | {Lost} | {Repeated} | {OutOfOrder} | {Restarts} | {Seconds(Silences.Max())} | {Seconds(Stop)} |";

    /// <summary>In what it falls short; empty where it does not.</summary>
    public IEnumerable<string> Shortcomings()
    {
        var allowed = TimeSpan.FromSeconds(Slack + (IsExactlyOnce ? Transaction : 0));
        (bool Is, string What)[] found =
        [
            (Sent == 0, "nothing was sent"), (NotEmitted > 0, $"nothing was emitted for {NotEmitted} of {Sent} records"),
            (NotTabled > 0, $"the table has not counted {NotTabled} of {Sent} records"), (IsExactlyOnce && Repeated > 0, $"{Repeated} records repeated"),
            (OutOfOrder > 0, $"{OutOfOrder} records out of order"), (Restarts > 0, $"{Restarts} restarts"), (Stop.TotalSeconds > StopBound, $"a stop took {Seconds(Stop)} s"),
            .. Silences.Zip(InputSilences).Select((s, p) => (s.First > s.Second + allowed, $"partition {p} silent for {Seconds(s.First)} s, its input for {Seconds(s.Second)} s")),
        ];
        return found.Where(f => f.Is).Select(f => f.What).Concat(Complaints.Select(c => c.Split('\n')[0]));
    }

    static string Seconds(params TimeSpan[] times) => string.Join(' ', times.Select(t => t.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)));
}
