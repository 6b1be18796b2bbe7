using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using GokaAkka.Web.Api.Changes;
using GokaAkka.Web.Monitoring;
using GokaAkka.Web.Topology;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace GokaAkka.Web.Api;

/// <summary>The operations behind the pages that show how things are.</summary>
sealed class ViewOperations(Func<WebParts> parts)
{
    const int MostWatchers = 200;
    const string AnyGroup = "the name of a group; left out: all of them";

    public void Map(RouteGroupBuilder api)
    {
        api.MapGet("overview", GetOverview);
        var found = api.MapGroup("").ProducesProblem(404);
        found.MapGet("groups/{group}", GetGroup);
        found.MapGet("topology", GetTopology);
        found.MapGet("history", GetHistory);
        found.MapGet("live", Watch).ProducesProblem(503);
    }

    [EndpointSummary("Everything at a glance")]
    async Task<OverviewModel> GetOverview(CancellationToken cancellation) => OverviewModel.Of(await parts().Monitor.Now(cancellation).ConfigureAwait(false));

    [EndpointSummary("A group with its partitions")]
    async Task<GroupModel> GetGroup([Description("the name of a group")] string group, CancellationToken cancellation)
    {
        var picture = await Now(group, cancellation).ConfigureAwait(false);
        return GroupModel.Of(picture, picture.Snapshot.Groups[group]);
    }

    [EndpointSummary("What is connected with what")]
    async Task<TopologyModel> GetTopology([Description(AnyGroup)] string? group = null, CancellationToken cancellation = default) =>
        TopologyModel.Of(await Now(group, cancellation).ConfigureAwait(false), group);

    [EndpointSummary("Throughput and lag over the last while")]
    async Task<HistoryModel> GetHistory([Description(AnyGroup)] string? group = null, CancellationToken cancellation = default)
    {
        await Now(group, cancellation).ConfigureAwait(false);
        var histories = parts().Monitor.Histories;
        return HistoryModel.Of(group is null ? histories.All : histories.Of(group));
    }

    [EndpointSummary("A page's data as server-sent events: first 'state' with all of it, then 'patch' with RFC 7386 merge patches to it")]
    [ProducesResponseType<string>(StatusCodes.Status200OK, "text/event-stream")]
    async Task<IResult> Watch(
        HttpContext context,
        [Description("which data"), AllowedValues("overview", "group", "topology", "actions")] string page,
        [Description(AnyGroup)] string? group = null,
        CancellationToken cancellation = default)
    {
        if (page == "group" && group is null)
            throw ApiException.Parameter("group", null, "the name of a group");
        await Now(group, cancellation).ConfigureAwait(false);
        var monitor = parts().Monitor;
        if (monitor.Watchers >= MostWatchers)
            throw new ApiException(StatusCodes.Status503ServiceUnavailable, $"There are {MostWatchers} open pages already, the most that are kept up to date; close some.");
        Func<Picture, object> model = page switch
        {
            "overview" => OverviewModel.Of,
            // Should the group go, its page shows what was known last.
            "group" => new LastKnown(group!).Model,
            "topology" => p => TopologyModel.Of(p, group),
            _ => static p => ActionsModel.Of(p.Snapshot.At, p.Snapshot.Nodes),
        };
        // For proxies that would gather it.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents((await monitor.Watch($"{page} {group}", model, cancellation).ConfigureAwait(false)).Events(cancellation));
    }

    /// <summary>What is seen, with the group in it where one is named.</summary>
    async Task<Picture> Now(string? group, CancellationToken cancellation)
    {
        var picture = await parts().Monitor.Now(cancellation).ConfigureAwait(false);
        return group is null || picture.Snapshot.Groups.ContainsKey(group) ? picture : throw ApiException.NotFound(
            $"No node runs a group '{(group.Length <= 100 ? group : group[..100] + "…")}': expected {(picture.Groups.Count == 0 ? "one, and there is none" : $"one of {string.Join(", ", picture.Groups.Take(20).Select(static g => g.Name))}")}.");
    }

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
