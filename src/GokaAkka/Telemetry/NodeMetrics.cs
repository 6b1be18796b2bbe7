using System.Diagnostics.Metrics;

namespace GokaAkka.Telemetry;

/// <summary>
/// The meter of a node. Nearly all of it is observed: read from figures that are kept anyway, when somebody collects them, so that it costs
/// nothing where records are processed. What is gone from the node is gone from the next collection.
/// </summary>
sealed class NodeMetrics : IDisposable
{
    readonly Meter _meter;
    readonly MetricSources _sources;

    public NodeMetrics(IMeterFactory? factory, string node, MetricSources sources)
    {
        _sources = sources;
        // OpenTelemetry takes the instruments of equal meters for the same ones: those of one node would replace another's in this process.
        var options = new MeterOptions(GokaTelemetry.MeterName) { Version = GokaTelemetry.Version, Tags = [Tags.Of(Tags.Node, node)] };
        _meter = factory?.Create(options) ?? new Meter(options);
        Histograms = new TimingHistograms(_meter);
        Inputs();
        Partitions();
        Outputs();
        Tables();
        Processors();
        Others();
    }

    /// <summary>What is recorded, batch by batch.</summary>
    public TimingHistograms Histograms { get; }

    /// <summary>Ends the observing.</summary>
    public void Dispose() => _meter.Dispose();

    void Inputs()
    {
        Counter("messaging.client.consumed.messages", "{message}", "Records that partitions have taken, those read again after a restart included.",
            () => _sources.Inputs<long>("poll", static i => i.Records));
        Counter("goka.consumed.size", "By", "Key and value bytes of the records taken.", () => _sources.Inputs<long>(null, static i => i.Bytes));
        Counter("goka.removed", "{record}", "Records that a topic's retention removed before they were read, as of the last goka.processor.lag-interval.",
            () => _sources.Inputs<long>(null, static i => i.Removed));
        Gauge("goka.lag", "{record}", "Records of an input that are not done yet, as of the last goka.processor.lag-interval.",
            () => _sources.Inputs<long>(null, static i => i.Lag));
        Gauge("goka.queue.records", "{record}", "Records that were polled and are not worked off.", () => _sources.Inputs<long>(null, static i => i.QueuedRecords));
        Gauge("goka.queue.size", "By", "Their key and value bytes.", () => _sources.Inputs<long>(null, static i => i.QueuedBytes));
        _meter.CreateObservableGauge(
            "goka.watermark.age", () => _sources.Inputs<double>(null, static i => i.WatermarkAge.TotalSeconds), "s",
            "How long the watermark of an input has stood still while records behind it are at work; 0 when there are none.");
    }

    void Partitions()
    {
        Counter("goka.processed", "{record}", "Records processed, those passed over included.", () => _sources.Partitions(static p => p.Processed));
        Counter("goka.skipped", "{record}", "Records that failed and were passed over.", () => _sources.Partitions(static p => p.Skipped));
        Counter("goka.dead_letters", "{record}", "Records that failed and were written to a dead letter topic.", () => _sources.Partitions(static p => p.DeadLetters));
        Counter("goka.retries", "{retry}", "Further attempts at records that failed.", () => _sources.Partitions(static p => p.Retries));
        Counter("goka.misplaced", "{record}", "Values set for keys that the partitioner places elsewhere.", () => _sources.Partitions(static p => p.Misplaced));
        Counter("goka.restarts", "{restart}", "How often a partition was started again after a failure.", () => _sources.Partitions(static p => p.Restarts));
    }

    void Outputs()
    {
        Counter("messaging.client.sent.messages", "{message}", "Records sent, by partitions to outputs, loops, tables and dead letter topics, and by emitters.",
            () => _sources.Outputs(static o => o.Records, "send").Concat(_sources.Emitters(static e => e.Sent, "send")));
        Counter("goka.sent.size", "By", "Key and value bytes of the records that partitions have sent.", () => _sources.Outputs(static o => o.Bytes));
    }

    void Tables()
    {
        Counter("goka.table.writes", "{record}", "Records sent to the changelogs of group tables.", () => _sources.Changelogs(static o => o.Records));
        Counter("goka.table.written", "By", "Their key and value bytes.", () => _sources.Changelogs(static o => o.Bytes));
        Counter("goka.table.cache.hits", "{read}", "Reads of a table that its cache has answered.", () => _sources.Tables(static (_, t) => t?.CacheHits));
        Counter("goka.table.cache.misses", "{read}", "Reads of a table that went to its store.", () => _sources.Tables(static (_, t) => t?.CacheMisses));
        Gauge("goka.table.cache.size", "By", "What a table's cache takes, about.", () => _sources.Tables(static (_, t) => t?.CachedBytes));
        Gauge("goka.table.store.size", "By", "What a table's store takes on disk, where it knows.", () => _sources.Tables(static (_, t) => t?.Store.SizeBytes));
        Gauge("goka.table.offset", "{offset}", "The first changelog offset that readers of the table here may not see yet.", () => _sources.Tables(static (p, _) => p.TableOffset));
        Gauge("goka.restore.records", "{record}", "Changelog records that the restore at work, or the last one, has read.",
            () => _sources.Tables(static (p, _) => p.Restored));
        Gauge("goka.restore.remaining", "{record}", "Changelog records that the restore has still to read, about.", () => _sources.Tables(static (p, _) => p.Remaining));
    }

    void Processors()
    {
        Gauge("goka.partitions", "{partition}", "Partitions that a group has on this node, by what for and what they are at.", _sources.PartitionStates);
        Gauge("goka.processor.state", "{processor}", "1 for the state that a group's processor is at.", _sources.ProcessorStates);
        Counter("goka.rebalances", "{rebalance}", "How often partitions were assigned, revoked or lost.", _sources.Rebalances);
        Gauge("goka.troubles", "{trouble}", "What keeps a group's processor from its work at the moment and is tried again.", _sources.Troubles);
        _meter.CreateObservableGauge(
            "goka.poll.age", _sources.PollAges, "s", "How long ago the polling thread polled; absent while the group is not joined.");
    }

    void Others()
    {
        Gauge("goka.view.state", "{view}", "1 for the state that a view is at.", _sources.ViewStates);
        Gauge("goka.emitter.pending", "{message}", "Messages of emitters that wait for their acknowledgement.", () => _sources.Emitters(static e => e.Pending));
    }

    void Counter(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> observe) =>
        _meter.CreateObservableCounter(name, observe, unit, description);

    void Gauge(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> observe) =>
        _meter.CreateObservableGauge(name, observe, unit, description);
}
