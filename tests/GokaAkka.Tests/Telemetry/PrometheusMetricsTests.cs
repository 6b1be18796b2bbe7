using System.Diagnostics.Metrics;
using GokaAkka.Telemetry.Prometheus;

namespace GokaAkka.Tests.Telemetry;

public sealed class PrometheusMetricsTests : IDisposable
{
    readonly Meter _meter = new("shop");
    readonly PrometheusMetrics _metrics;

    public PrometheusMetricsTests() => _metrics = new PrometheusMetrics(m => m == _meter);

    [Fact]
    public void Counters_must_add_up_and_gauges_must_be_the_last_value()
    {
        var sold = _meter.CreateCounter<long>("shop.sold", "{item}", "Items sold.");
        var open = _meter.CreateUpDownCounter<int>("shop.open");
        var heat = _meter.CreateGauge<double>("shop.heat", "Cel");
        sold.Add(2, Tag("kind", "tea"));
        sold.Add(3, Tag("kind", "tea"));
        sold.Add(1, Tag("kind", "milk"));
        open.Add(4);
        open.Add(-1);
        heat.Record(20);
        heat.Record(21.5);

        Collected().Samples.ShouldBe(
            new Dictionary<string, double>
            {
                ["shop_sold_total{kind=\"tea\"}"] = 5, ["shop_sold_total{kind=\"milk\"}"] = 1, ["shop_open"] = 3, ["shop_heat_celsius"] = 21.5,
            },
            ignoreOrder: true);
        Collected().Families.ShouldBe(
            new Dictionary<string, (string, string)>
            {
                ["shop_sold_total"] = ("counter", "Items sold."), ["shop_open"] = ("gauge", ""), ["shop_heat_celsius"] = ("gauge", ""),
            },
            ignoreOrder: true);
    }

    [Fact]
    public void Histograms_must_have_buckets_that_add_up_a_sum_and_a_count()
    {
        var took = _meter.CreateHistogram("shop.took", "s", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in new[] { 0.05, 0.1, 0.5, 7 })
            took.Record(value, Tag("till", "1"));

        Collected().Samples.ShouldBe(
            new Dictionary<string, double>
            {
                ["shop_took_seconds_bucket{le=\"0.1\",till=\"1\"}"] = 2,
                ["shop_took_seconds_bucket{le=\"1\",till=\"1\"}"] = 3,
                ["shop_took_seconds_bucket{le=\"+Inf\",till=\"1\"}"] = 4,
                ["shop_took_seconds_sum{till=\"1\"}"] = 7.65,
                ["shop_took_seconds_count{till=\"1\"}"] = 4,
            },
            ignoreOrder: true);
    }

    [Fact]
    public void Values_of_labels_and_help_must_be_escaped()
    {
        _meter.CreateCounter<long>("odd", description: "a \\ and\na line").Add(1, Tag("the.key", "a\"b\\c\nd"));

        var text = _metrics.Collect();
        text.ShouldContain("# HELP odd_total a \\\\ and\\na line\n");
        text.ShouldContain("odd_total{the_key=\"a\\\"b\\\\c\\nd\"} 1\n");
        PrometheusText.Parse(text).Samples.Keys.ShouldBe(["odd_total{the_key=\"a\"b\\c\nd\"}"]);
    }

    [Fact]
    public void What_is_observed_no_more_must_be_gone_and_what_two_observe_must_be_added_up()
    {
        var rooms = new List<string> { "a", "b" };
        _meter.CreateObservableCounter("seen", () => rooms.Select(r => new Measurement<long>(5, Tag("room", r))));
        _meter.CreateObservableCounter("seen", () => rooms.Select(r => new Measurement<long>(2, Tag("room", r))));

        for (var i = 0; i < 2; i++)
            Collected().Samples.ShouldBe(new Dictionary<string, double> { ["seen_total{room=\"a\"}"] = 7, ["seen_total{room=\"b\"}"] = 7 }, ignoreOrder: true);
        rooms.Remove("a");
        Collected().Samples.ShouldBe(new Dictionary<string, double> { ["seen_total{room=\"b\"}"] = 7 });
    }

    [Fact]
    public void What_a_meter_measured_must_be_gone_with_it()
    {
        _meter.CreateCounter<long>("c").Add(1);
        Collected().Samples.Count.ShouldBe(1);

        _meter.Dispose();

        _metrics.Collect().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("goka.table.written", "By", true, false, "goka_table_written_bytes_total")]
    [InlineData("goka.lag", "{record}", false, true, "goka_lag")]
    [InlineData("messaging.process.duration", "s", false, false, "messaging_process_duration_seconds")]
    [InlineData("cache.seconds", "s", false, true, "cache_seconds")]
    [InlineData("load", "1", false, true, "load_ratio")]
    [InlineData("load", "1", true, false, "load_total")]
    [InlineData("rate", "By/s", false, true, "rate_bytes_per_second")]
    [InlineData("rate", "{item}/min", false, true, "rate_per_minute")]
    [InlineData("7 odd--name", null, false, true, "_7_odd_name")]
    [InlineData("done_total", null, true, false, "done_total")]
    public void Names_must_be_those_of_the_exporters(string instrument, string? unit, bool isCounter, bool isGauge, string expected) =>
        PrometheusName.OfMetric(instrument, unit, isCounter, isGauge).ShouldBe(expected);

    public void Dispose()
    {
        _metrics.Dispose();
        _meter.Dispose();
    }

    PrometheusText Collected() => PrometheusText.Parse(_metrics.Collect());

    static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
