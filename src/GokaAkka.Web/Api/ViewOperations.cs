using System.ComponentModel;
using GokaAkka.Web.Api.Changes;
using GokaAkka.Web.Live;
using GokaAkka.Web.Monitoring;
using GokaAkka.Web.Topology;
using Microsoft.AspNetCore.Http;

namespace GokaAkka.Web.Api;

/// <summary>The operations behind the pages that show how things are.</summary>
sealed class ViewOperations(TopologyMaker topologies)
{
    const int MostWatchers = 200;

    static readonly ApiParameter AnyGroup = new("group", "the name of a group; left out: all of them");

    public IReadOnlyList<ApiOperation> All =>
    [
        ApiOperation.Get("overview", "getOverview", "Everything at a glance", static async call => OverviewModel.Of(await call.Picture.ConfigureAwait(false))),
        ApiOperation.Get("groups/{group}", "getGroup", "A group with its partitions", static async call =>
        {
            var picture = await call.Picture.ConfigureAwait(false);
            return GroupModel.Of(picture, Find(picture, call.Required("group")));
        }, new ApiParameter("group", "the name of a group", InPath: true)) with { Failures = [404] },
        ApiOperation.Get("topology", "getTopology", "What is connected with what, and its drawing", async call =>
        {
            var picture = await call.Picture.ConfigureAwait(false);
            var group = call.Text("group");
            if (group is not null)
                _ = Find(picture, group);
            return topologies.Make(picture, group);
        }, AnyGroup) with { Failures = [404] },
        ApiOperation.Get("history", "getHistory", "Throughput and lag over the last while", static async call =>
        {
            var picture = await call.Picture.ConfigureAwait(false);
            var group = call.Text("group");
            if (group is not null)
                _ = Find(picture, group);
            return HistoryModel.Of(group is null ? call.Monitor.Histories.All : call.Monitor.Histories.Of(group));
        }, AnyGroup) with { Failures = [404] },
        new ApiOperation(HttpMethods.Get, "live", "watch",
            "A page's data as server-sent events: first 'state' with all of it, then 'patch' with RFC 7386 merge patches to it", typeof(string), Watch)
        {
            Parameters = [new ApiParameter("page", "which data") { IsRequired = true, Choices = ["overview", "group", "topology", "actions"] }, AnyGroup],
            ContentType = "text/event-stream",
            Failures = [404, 503],
        },
    ];

    async Task<object?> Watch(ApiCall call)
    {
        var (page, group) = (call.Required("page"), call.Text("group"));
        if (page == "group" && group is null)
            throw ApiException.Parameter("group", null, "the name of a group");
        if (group is not null)
            _ = Find(await call.Picture.ConfigureAwait(false), group);
        if (call.Monitor.Watchers >= MostWatchers)
            throw new ApiException(StatusCodes.Status503ServiceUnavailable, $"There are {MostWatchers} open pages already, the most that are kept up to date; close some.");
        Func<Picture, object> model = page switch
        {
            "overview" => OverviewModel.Of,
            // Should the group go, its page shows what was known last.
            "group" => new LastKnown(group!).Model,
            "topology" => p => topologies.Make(p, group),
            _ => static p => ActionsModel.Of(p.Snapshot.At, p.Snapshot.Nodes),
        };
        using var watch = await call.Monitor.Watch($"{page} {group}", model, call.Aborted).ConfigureAwait(false);
        await EventStream.Send(watch, call.Context).ConfigureAwait(false);
        return null;
    }

    static GroupAt Find(Picture picture, string group) => picture.Snapshot.Groups.TryGetValue(group, out var found)
        ? found
        : throw ApiException.NotFound(
            $"No node runs a group '{(group.Length <= 100 ? group : group[..100] + "…")}': expected {(picture.Groups.Count == 0 ? "one, and there is none" : $"one of {string.Join(", ", picture.Groups.Take(20).Select(static g => g.Name))}")}.");

    sealed class LastKnown(string group)
    {
        GroupModel? _last;

        public object Model(Picture picture) =>
            picture.Snapshot.Groups.TryGetValue(group, out var found) ? _last = GroupModel.Of(picture, found)
            // It went between the check and the first look.
            : _last is null ? throw ApiException.NotFound($"No node runs the group '{group}' any more.")
            : _last with { At = picture.Snapshot.At };
    }
}

/// <summary>Figures over time, the oldest first; each list has one for each moment.</summary>
sealed record HistoryModel(
    IReadOnlyList<DateTimeOffset> At,
    [property: Description("Records taken, a second")] IReadOnlyList<double> In,
    [property: Description("Records sent, a second, those of tables not among them")] IReadOnlyList<double> Out,
    [property: Description("Records not done")] IReadOnlyList<long> Lag)
{
    public static HistoryModel Of(Series? series)
    {
        var points = series?.Since(DateTimeOffset.MinValue) ?? [];
        return new HistoryModel([.. points.Select(static p => p.At)], [.. points.Select(static p => p.In)], [.. points.Select(static p => p.Out)], [.. points.Select(static p => p.Lag)]);
    }
}
