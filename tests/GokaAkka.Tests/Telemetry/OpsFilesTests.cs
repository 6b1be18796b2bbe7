using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using GokaAkka.Telemetry;
using GokaAkka.Telemetry.Prometheus;
using YamlDotNet.RepresentationModel;

namespace GokaAkka.Tests.Telemetry;

/// <summary>The dashboard and the alert rules ask for metrics that exist, and every metric is told of in the documentation.</summary>
public sealed partial class OpsFilesTests : IDisposable
{
    readonly List<Instrument> _instruments = [];
    readonly MeterListener _listener = new();
    readonly NodeMetrics _metrics;

    public OpsFilesTests()
    {
        var factory = new Factory();
        _listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory))
                _instruments.Add(instrument);
        };
        _listener.Start();
        _metrics = new NodeMetrics(factory, new MetricSources(static () => [], new RunningViews()));
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
        var unseen = Names().Except(expressions.SelectMany(Used)).ToList();
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

    public void Dispose()
    {
        _metrics.Dispose();
        _listener.Dispose();
    }

    void Check(IEnumerable<string> expressions)
    {
        var names = Names();
        foreach (var expression in expressions)
        {
            Used(expression).Except(names).ShouldBeEmpty(expression);
            expression.Count(c => c == '(').ShouldBe(expression.Count(c => c == ')'), expression);
            expression.Count(c => c == '{').ShouldBe(expression.Count(c => c == '}'), expression);
        }
    }

    HashSet<string> Names() => [.. _instruments.Select(MetricFamily.NameOf)];

    static HashSet<string> Labels() =>
    [
        .. typeof(Tags).GetFields().Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).Where(v => v.Contains('.', StringComparison.Ordinal))
            .Select(PrometheusName.OfLabel),
    ];

    // The metrics of an expression: whatever is called as ours are and is no label. A histogram is asked for by what is appended to its name.
    static IEnumerable<string> Used(string expression) =>
        Word().Matches(expression).Select(m => m.Value).Except(Labels()).Select(w => Histogram().Replace(w, ""));

    static IEnumerable<string> Strings(JsonElement element, string property) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p =>
            p.NameEquals(property) && p.Value.ValueKind == JsonValueKind.String ? [p.Value.GetString()!] : Strings(p.Value, property)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(e => Strings(e, property)),
        _ => [],
    };

    static string Path(string relative)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "GokaAkka.sln")))
                return System.IO.Path.Combine(at.FullName, relative);
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} has GokaAkka.sln: run the test where it was built.");
    }

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
