using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using GokaAkka.Queries;
using GokaAkka.Records;
using GokaAkka.Storage;
using GokaAkka.Web.Monitoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace GokaAkka.Web.Api.Queries;

/// <summary>The operations behind the query page.</summary>
sealed class QueryOperations(Func<WebParts> parts)
{
    const int KeyCharacters = 1024;
    const int CellCharacters = 2000;
    const int LongestKey = 64 * 1024;

    const string TableName = "the name of a table or of a view's table";
    const string From = "who may answer: the owner alone, or any copy where the owner cannot";
    const string KeyAs = "how keys in this query are written: as text, or in hexadecimal digits";
    const string As = "how values are shown; auto: JSON where it is some, else text where it is some, else hex";

    public void Map(RouteGroupBuilder api)
    {
        api.MapGet("tables", ListTables);
        var table = api.MapGroup("tables/{table}").ProducesProblem(404).ProducesProblem(503);
        table.MapGet("value", GetValue);
        table.MapGet("entries", ListEntries);
        table.MapGet("bytes", DownloadValue);
    }

    ICluster Cluster => parts().Monitor.Cluster;

    [EndpointSummary("The tables and views that can be read")]
    async Task<TablesModel> ListTables(CancellationToken cancellation) =>
        TablesModel.Of((await parts().Monitor.Now(cancellation).ConfigureAwait(false)).Snapshot.Nodes);

    [EndpointSummary("The value of a key, read on whatever node has it")]
    async Task<ValueModel> GetValue(
        [Description(TableName)] string table,
        [Description("a key")] string key,
        [Description(KeyAs), AllowedValues("text", "hex")] string keyAs = "text",
        [Description(As), AllowedValues("auto", "json", "text", "hex")] string @as = "auto",
        [Description(From), AllowedValues("owner", "any")] string from = "any",
        [Description("the most characters of the value to show"), Range(1, 4 << 20)] int characters = 64 * 1024,
        CancellationToken cancellation = default)
    {
        var bytes = KeyOf(nameof(key), key, keyAs)!.Value;
        var answer = await Read(() => Cluster.Get(table, bytes, Options(from), cancellation)).ConfigureAwait(false);
        return new ValueModel(
            table, ShownBytes.Key(bytes.Span, KeyCharacters), answer.Found, answer.Value is { } value ? ShownBytes.Value(value, @as, characters) : null, StampModel.Of(answer.Stamp));
    }

    [EndpointSummary("The bytes of a value, as a file")]
    [ProducesResponseType<string>(StatusCodes.Status200OK, "application/octet-stream")]
    async Task<IResult> DownloadValue(
        [Description(TableName)] string table,
        [Description("a key")] string key,
        [Description(KeyAs), AllowedValues("text", "hex")] string keyAs = "text",
        [Description(From), AllowedValues("owner", "any")] string from = "any",
        CancellationToken cancellation = default)
    {
        var bytes = KeyOf(nameof(key), key, keyAs)!.Value;
        var answer = await Read(() => Cluster.Get(table, bytes, Options(from), cancellation)).ConfigureAwait(false);
        return Results.File(answer.Value ?? throw ApiException.NotFound($"Table {table} does not have this key."), "application/octet-stream", "value.bin");
    }

    [EndpointSummary("A page of the keys with a prefix, or of a range of keys, or of all")]
    async Task<PageModel> ListEntries(
        [Description(TableName)] string table,
        [Description("what keys begin with")] string? prefix = null,
        [Description("the first key of a range")] string? start = null,
        [Description("the key that ends a range, not a part of it")] string? limit = null,
        [Description(KeyAs), AllowedValues("text", "hex")] string keyAs = "text",
        [Description(As), AllowedValues("auto", "json", "text", "hex")] string @as = "auto",
        [Description(From), AllowedValues("owner", "any")] string from = "any",
        [Description("the most entries"), Range(1, 500)] int count = 50,
        [Description("the after of the page before")] string? after = null,
        CancellationToken cancellation = default)
    {
        if (prefix is not null && (start ?? limit) is { } other)
            throw ApiException.Parameter(start is not null ? nameof(start) : nameof(limit), other, "either a prefix or a range, not both");
        var range = KeyOf(nameof(prefix), prefix, keyAs) is { } begins ? KeyRange.Prefix(begins)
            : RangeOf(KeyOf(nameof(start), start, keyAs), KeyOf(nameof(limit), limit, keyAs)) ?? throw ApiException.Parameter(nameof(limit), limit, "a key behind the range's start");
        try
        {
            var page = await Read(() => Cluster.Range(table, range, count, after, Options(from), cancellation)).ConfigureAwait(false);
            return new PageModel(
                table,
                [.. page.Entries.Select(e => new EntryModel(
                    ShownBytes.Key(e.Key.Span, KeyCharacters), Convert.ToHexStringLower(e.Key.Span), ShownBytes.Value(e.Value, @as, CellCharacters), e.Partition))],
                page.Continuation, [.. page.Stamps.Select(StampModel.Of)]);
        }
        catch (ArgumentException)
        {
            throw ApiException.Parameter(nameof(after), after, "what the page before of the same query came with, or nothing to begin");
        }
    }

    static KeyRange? RangeOf(Key? start, Key? limit)
    {
        if (limit is not { } end)
            return start is { } only ? KeyRange.From(only) : KeyRange.All;
        var first = start ?? new Key(ReadOnlyMemory<byte>.Empty);
        return first.CompareTo(end) < 0 ? KeyRange.Between(first, end) : null;
    }

    static Key? KeyOf(string name, string? text, string keyAs)
    {
        if (text?.Length > LongestKey)
            throw ApiException.Parameter(name, text, $"at most {LongestKey} characters");
        try
        {
            return text is null ? default(Key?) : new Key(keyAs == "hex" ? Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal)) : Encoding.UTF8.GetBytes(text));
        }
        catch (FormatException)
        {
            throw ApiException.Parameter(name, text, "hexadecimal digits, two a byte");
        }
    }

    static QueryOptions Options(string from) => new() { Consistency = from == "owner" ? ReadConsistency.Owner : ReadConsistency.AllowStandby };

    static async Task<T> Read<T>(Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (QueryException e)
        {
            throw new ApiException(e.Failure == QueryFailure.UnknownTable ? StatusCodes.Status404NotFound : StatusCodes.Status503ServiceUnavailable, e.Message);
        }
    }
}
