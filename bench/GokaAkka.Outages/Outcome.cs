namespace GokaAkka.Outages;

/// <summary>What became of a trial, and where it falls short of what is promised.</summary>
sealed record Outcome(string Scenario, string Delivery)
{
    const int Slack = 10;
    const int TransactionTimeout = 5;
    const int AbortInterval = 1;

    // drain-timeout and 5 s.
    static readonly TimeSpan StopBound = TimeSpan.FromSeconds(25);

    public const string Header = """
        | scenario | at-least-once or exactly-once | lost | repeated | out of order | restarts | longest silence s | stop s |
        |---|---|---|---|---|---|---|---|
        """;

    /// <summary>What a partition's silence is held against.</summary>
    public static string Legend { get; } = $"""
        Bounds: nothing lost, nothing out of order, no restart; exactly once, nothing repeated; a stop takes {StopBound.TotalSeconds:0} s at most, with exit code 0. No partition is silent
        for longer than its input was, {Slack} s and the session ({FaultCluster.Session} s): {AtLeastOnce} s; exactly once also the transaction's time-out ({TransactionTimeout} s) and how
        often brokers look for such ({AbortInterval} s): {AtLeastOnce + TransactionTimeout + AbortInterval} s.
        """;

    public required long Sent { get; init; }

    /// <summary>Records that nothing was emitted for, or that the table has not counted.</summary>
    public required long Lost { get; init; }

    public required long Repeated { get; init; }

    public required long OutOfOrder { get; init; }

    public required long Restarts { get; init; }

    /// <summary>The longest silence of each partition of what the workers emit.</summary>
    public required TimeSpan[] Silences { get; init; }

    /// <summary>The longest silence of each partition of what the workers read.</summary>
    public required TimeSpan[] InputSilences { get; init; }

    public required TimeSpan Stop { get; init; }

    /// <summary>What did not come to pass: waits in vain, exit codes.</summary>
    public required IReadOnlyList<string> Complaints { get; init; }

    const int AtLeastOnce = Slack + FaultCluster.Session;

    bool IsExactlyOnce => Delivery == "exactly-once";

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"| {Scenario} | {Delivery} | {Lost} | {Repeated} | {OutOfOrder} | {Restarts} | {Silences.Max().TotalSeconds:0.0} | {Stop.TotalSeconds:0.0} |");

    /// <summary>What does not stand in the table.</summary>
    public string Detail => string.Create(
        CultureInfo.InvariantCulture, $"{Scenario}, {Delivery}: {Sent} records; partitions silent for {Seconds(Silences)} s, their inputs for {Seconds(InputSilences)} s");

    /// <summary>In what it falls short; empty where it does not.</summary>
    public IEnumerable<string> Shortcomings()
    {
        if (Sent == 0)
            yield return "nothing was sent";
        if (Lost > 0)
            yield return $"{Lost} of {Sent} records lost";
        if (IsExactlyOnce && Repeated > 0)
            yield return $"{Repeated} records repeated";
        if (OutOfOrder > 0)
            yield return $"{OutOfOrder} records out of order";
        if (Restarts > 0)
            yield return $"{Restarts} restarts";
        var more = TimeSpan.FromSeconds(AtLeastOnce + (IsExactlyOnce ? TransactionTimeout + AbortInterval : 0));
        foreach (var (partition, silence) in Silences.Index())
        {
            if (silence > InputSilences[partition] + more)
                yield return $"partition {partition} silent for {silence.TotalSeconds:0.0} s, its input for {InputSilences[partition].TotalSeconds:0.0} s";
        }

        if (Stop > StopBound)
            yield return $"a stop took {Stop.TotalSeconds:0.0} s";
        foreach (var complaint in Complaints)
            yield return complaint.Split('\n')[0];
    }

    static string Seconds(TimeSpan[] times) => string.Join(' ', times.Select(t => t.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)));
}
