using System.Text;
using GokaAkka.Queries;
using GokaAkka.Records;
using GokaAkka.Storage;
using Microsoft.AspNetCore.Http;

namespace GokaAkka.Web.Api.Queries;

/// <summary>The operations behind the query page.</summary>
static class QueryOperations
{
    const int KeyCharacters = 1024;
    const int CellCharacters = 2000;
    const int LongestKey = 64 * 1024;

    static readonly ApiParameter Table = new("table", "the name of a table or of a view's table", InPath: true);
    static readonly ApiParameter From = new("from", "who may answer: the owner alone, or any copy where the owner cannot") { Choices = ["owner", "any"] };
    static readonly ApiParameter KeyAs = new("keyAs", "how keys in this query are written: as text, or in hexadecimal digits") { Choices = ["text", "hex"] };
    static readonly ApiParameter As = new("as", "how values are shown; auto: JSON where it is some, else text where it is some, else hex") { Choices = ["auto", "json", "text", "hex"] };

    public static IReadOnlyList<ApiOperation> All =>
    [
        ApiOperation.Get("tables", "listTables", "The tables and views that can be read", static async call => TablesModel.Of((await call.Picture.ConfigureAwait(false)).Snapshot.Nodes)),
        ApiOperation.Get("tables/{table}/value", "getValue", "The value of a key, read on whatever node has it", Value,
            Table, new ApiParameter("key", "a key") { IsRequired = true }, KeyAs, As, From,
            new ApiParameter("characters", "the most characters of the value to show") { Bounds = (1, 4 << 20, 64 * 1024) }) with { Failures = [404, 503] },
        ApiOperation.Get("tables/{table}/entries", "listEntries", "A page of the keys with a prefix, or of a range of keys, or of all", Entries,
            Table, new ApiParameter("prefix", "what keys begin with"), new ApiParameter("start", "the first key of a range"),
            new ApiParameter("limit", "the key that ends a range, not a part of it"), KeyAs, As, From,
            new ApiParameter("count", "the most entries") { Bounds = (1, 500, 50) }, new ApiParameter("after", "the after of the page before")) with { Failures = [404, 503] },
        ApiOperation.Get("tables/{table}/bytes", "downloadValue", "The bytes of a value, as a file", Download,
            Table, new ApiParameter("key", "a key") { IsRequired = true }, KeyAs, From) with { ContentType = "application/octet-stream", Failures = [404, 503] },
    ];

    static async Task<ValueModel> Value(ApiCall call)
    {
        var (table, key) = (call.Required("table"), KeyOf(call, "key")!.Value);
        var how = call.Text("as") ?? "auto";
        var most = call.Number("characters");
        var answer = await Read(() => call.Cluster.Get(table, key, Options(call), call.Aborted)).ConfigureAwait(false);
        return new ValueModel(
            table, ShownBytes.Key(key.Span, KeyCharacters), answer.Found, answer.Value is { } value ? ShownBytes.Value(value, how, most) : null, StampModel.Of(answer.Stamp));
    }

    static async Task<object> Download(ApiCall call)
    {
        var (table, key) = (call.Required("table"), KeyOf(call, "key")!.Value);
        var answer = await Read(() => call.Cluster.Get(table, key, Options(call), call.Aborted)).ConfigureAwait(false);
        var value = answer.Value ?? throw ApiException.NotFound($"Table {table} does not have this key.");
        return Results.File(value, "application/octet-stream", "value.bin");
    }

    static async Task<PageModel> Entries(ApiCall call)
    {
        var table = call.Required("table");
        var how = call.Text("as") ?? "auto";
        var range = RangeOf(call);
        try
        {
            var page = await Read(() => call.Cluster.Range(table, range, call.Number("count"), call.Text("after"), Options(call), call.Aborted)).ConfigureAwait(false);
            return new PageModel(
                table,
                [.. page.Entries.Select(e => new EntryModel(
                    ShownBytes.Key(e.Key.Span, KeyCharacters), Convert.ToHexStringLower(e.Key.Span), ShownBytes.Value(e.Value, how, CellCharacters), e.Partition))],
                page.Continuation, [.. page.Stamps.Select(StampModel.Of)]);
        }
        catch (ArgumentException)
        {
            throw ApiException.Parameter("after", call.Text("after"), "what the page before of the same query came with, or nothing to begin");
        }
    }

    static KeyRange RangeOf(ApiCall call)
    {
        var (prefix, start, limit) = (KeyOf(call, "prefix"), KeyOf(call, "start"), KeyOf(call, "limit"));
        if (prefix is { } begins)
        {
            if (start is not null || limit is not null)
                throw ApiException.Parameter(start is not null ? "start" : "limit", call.Text(start is not null ? "start" : "limit"), "either a prefix or a range, not both");
            return KeyRange.Prefix(begins);
        }

        if (limit is not { } end)
            return start is { } only ? KeyRange.From(only) : KeyRange.All;
        var first = start ?? new Key(ReadOnlyMemory<byte>.Empty);
        return first.CompareTo(end) < 0 ? KeyRange.Between(first, end) : throw ApiException.Parameter("limit", call.Text("limit"), "a key behind the range's start");
    }

    static Key? KeyOf(ApiCall call, string name)
    {
        var isHex = call.Text("keyAs") == "hex";
        if (call.Text(name) is not { } text)
            return null;
        if (text.Length > LongestKey)
            throw ApiException.Parameter(name, text, $"at most {LongestKey} characters");
        try
        {
            return isHex ? new Key(Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal))) : new Key(Encoding.UTF8.GetBytes(text));
        }
        catch (FormatException)
        {
            throw ApiException.Parameter(name, text, "hexadecimal digits, two a byte");
        }
    }

    static QueryOptions Options(ApiCall call) =>
        new() { Consistency = call.Text("from") == "owner" ? ReadConsistency.Owner : ReadConsistency.AllowStandby };

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
