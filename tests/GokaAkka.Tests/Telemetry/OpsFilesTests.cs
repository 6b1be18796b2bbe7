using System.Diagnostics.Metrics;
using System.Text.Json;
using GokaAkka.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using YamlDotNet.RepresentationModel;

namespace GokaAkka.Tests.Telemetry;

/// <summary>The dashboard and the alert rules ask for metrics that exist, and every metric is told of in the documentation.</summary>
public sealed partial class OpsFilesTests : IAsyncLifetime
{
    readonly List<Instrument> _instruments = [];
    readonly MeterListener _listener = new();
    readonly NodeMetrics _metrics;
    HashSet<string> _names = [];
    HashSet<string> _labels = [];

    public OpsFilesTests()
    {
        var factory = new Factory();
        _listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory))
                _instruments.Add(instrument);
        };
        _listener.Start();
        _metrics = new NodeMetrics(factory, "node", new MetricSources(static () => [], new RunningViews()));
    }

    /// <summary>Asks the exporter what it calls them: a meter with the same instruments measures once, with every attribute.</summary>
    public async Task InitializeAsync()
    {
        using var meter = new Meter($"ops-{Guid.NewGuid():N}");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapGokaMetrics(meters: meter.Name);
        await app.StartAsync();
        foreach (var instrument in _instruments)
            Measure(meter, instrument);
        using var http = new HttpClient();
        var text = await http.GetStringAsync($"{app.Urls.Single()}/metrics");
        _names = [.. Family().Matches(text).Select(m => m.Groups[1].Value)];
        _labels = [.. Label().Matches(text).Select(m => m.Value)];
        _names.Count.ShouldBe(_instruments.Count, text);
    }

    [Fact]
    public void The_dashboard_must_be_well_formed_and_ask_for_metrics_and_labels_that_exist()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path("ops/grafana-dashboard.json")));
        var root = dashboard.RootElement;
        root.GetProperty("title").GetString().ShouldBe("GokaAkka");
        var panels = root.GetProperty("panels").EnumerateArray().ToList();
        var ids = panels.Select(p => p.GetProperty("id").GetInt32()).ToList();
        ids.ShouldBeUnique();
        panels.Where(p => p.GetProperty("type").GetString() != "row").ShouldAllBe(p => p.GetProperty("targets").GetArrayLength() > 0);
        var expressions = Strings(root, "expr").Concat(Strings(root, "query")).ToList();

        Check(expressions);
        expressions.Count.ShouldBeGreaterThan(15);
        // What nobody would see is not worth its name.
        var unseen = _names.Except(expressions.SelectMany(Used)).ToList();
        unseen.ShouldBeEmpty("metrics that the dashboard does not show");
    }

    [Fact]
    public void The_alert_rules_must_be_well_formed_and_ask_for_metrics_and_labels_that_exist()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(Path("ops/alerts.yml"))));
        var groups = (YamlSequenceNode)yaml.Documents.Single().RootNode["groups"];
        var rules = groups.SelectMany(g => (YamlSequenceNode)g["rules"]).Cast<YamlMappingNode>().ToList();
        foreach (var rule in rules)
        {
            rule.Children.Keys.Select(k => k.ToString()).Order().ShouldBe(["alert", "annotations", "expr", "for", "labels"]);
            rule["alert"].ToString().ShouldMatch("^Goka[A-Za-z]+$");
            rule["for"].ToString().ShouldMatch("^[0-9]+[smh]$");
            rule["labels"]["severity"].ToString().ShouldBeOneOf("critical", "warning");
            foreach (var text in new[] { "summary", "description" })
                rule["annotations"][text].ToString().ShouldNotBeNullOrWhiteSpace();
        }

        rules.Select(r => r["alert"].ToString()).ShouldBeUnique();
        Check(rules.Select(r => r["expr"].ToString()).Concat(rules.Select(r => r["annotations"]["summary"].ToString())));
        rules.Count.ShouldBeGreaterThan(8);
    }

    [Fact]
    public void Every_instrument_must_have_a_unit_a_description_and_a_line_in_the_documentation()
    {
        var operations = File.ReadAllText(Path("docs/operations.md"));
        _instruments.Count.ShouldBeGreaterThan(25);
        foreach (var instrument in _instruments)
        {
            instrument.Unit.ShouldNotBeNullOrEmpty(instrument.Name);
            instrument.Description.ShouldNotBeNullOrEmpty(instrument.Name);
            operations.ShouldContain($"`{instrument.Name}`");
        }
    }

    public Task DisposeAsync()
    {
        _metrics.Dispose();
        _listener.Dispose();
        return Task.CompletedTask;
    }

    void Check(IEnumerable<string> expressions)
    {
        foreach (var expression in expressions)
        {
            Used(expression).Except(_names).ShouldBeEmpty(expression);
            expression.Count(c => c == '(').ShouldBe(expression.Count(c => c == ')'), expression);
            expression.Count(c => c == '{').ShouldBe(expression.Count(c => c == '}'), expression);
        }
    }

    static void Measure(Meter meter, Instrument instrument)
    {
        var (name, unit) = (instrument.Name, instrument.Unit);
        KeyValuePair<string, object?>[] tags = [.. typeof(Tags).GetFields().Where(f => f.IsLiteral).Select(f => Tags.Of((string)f.GetRawConstantValue()!, "x"))];
        if (instrument is ObservableCounter<long>)
            meter.CreateObservableCounter(name, () => new Measurement<long>(1, tags), unit);
        else if (instrument is Histogram<double>)
            meter.CreateHistogram<double>(name, unit).Record(1, tags);
        else
            meter.CreateObservableGauge(name, () => new Measurement<double>(1, tags), unit);
    }

    // The metrics of an expression: whatever is called as ours are and is no label. A histogram is asked for by what is appended to its name.
    IEnumerable<string> Used(string expression) =>
        Word().Matches(expression).Select(m => m.Value).Except(_labels).Select(w => Histogram().Replace(w, ""));

    static IEnumerable<string> Strings(JsonElement element, string property) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p =>
            p.NameEquals(property) && p.Value.ValueKind == JsonValueKind.String ? [p.Value.GetString()!] : Strings(p.Value, property)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(e => Strings(e, property)),
        _ => [],
    };

    static string Path(string relative) => System.IO.Path.Combine(Repository.Root, relative);

    [GeneratedRegex("^# TYPE ([^ ]+)", RegexOptions.Multiline)]
    private static partial Regex Family();

    [GeneratedRegex("[a-z_]+(?==\")")]
    private static partial Regex Label();

    [GeneratedRegex("\\b(?:goka|messaging)_[a-z_]+\\b")]
    private static partial Regex Word();

    [GeneratedRegex("(?<=_seconds)_(?:bucket|sum|count)$")]
    private static partial Regex Histogram();

    sealed class Factory : IMeterFactory
    {
        public Meter Create(MeterOptions options)
        {
            options.Scope = this;
            return new Meter(options);
        }

        public void Dispose()
        {
        }
    }
}
