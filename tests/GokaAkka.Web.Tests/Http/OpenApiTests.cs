using System.Text.Json.Nodes;
using GokaAkka.Web.Api;
using Microsoft.AspNetCore.Routing;

namespace GokaAkka.Web.Tests.Http;

/// <summary>The description says what the server does: its paths are those that are mapped, its schemas fit what is answered.</summary>
[Collection(HttpTests.Name)]
public sealed class OpenApiTests(HttpFixture http)
{
    [Fact]
    public async Task Description_must_have_every_operation_that_is_mapped_and_no_other()
    {
        var paths = (await http.Get("/api/openapi.json")).Json["paths"]!.AsObject();
        var described = paths.SelectMany(static p => p.Value!.AsObject().Select(m => $"{m.Key.ToUpperInvariant()} {p.Key}")).Order();

        var mapped = http.Node.Endpoints.OfType<RouteEndpoint>()
            .Where(static e => e.RoutePattern.RawText!.StartsWith("/goka/api/", StringComparison.Ordinal) && !e.RoutePattern.RawText.Contains('*'))
            .SelectMany(static e => e.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Select(m => $"{m} {e.RoutePattern.RawText!["/goka".Length..]}")).Order();

        described.ShouldBe(mapped);
        WebParts.Operations.Count.ShouldBe(described.Count());
    }

    [Theory]
    [InlineData("/api/overview", "/api/overview")]
    [InlineData("/api/groups/{group}", "/api/groups/clicks-per-user")]
    [InlineData("/api/groups/{group}", "/api/groups/profiles")]
    [InlineData("/api/topology", "/api/topology")]
    [InlineData("/api/history", "/api/history?group=profiles")]
    [InlineData("/api/tables", "/api/tables")]
    [InlineData("/api/tables/{table}/value", "/api/tables/profiles-table/value?key=alice")]
    [InlineData("/api/tables/{table}/value", "/api/tables/profiles-table/value?key=nobody")]
    [InlineData("/api/tables/{table}/entries", "/api/tables/profiles-table/entries?count=2")]
    [InlineData("/api/actions", "/api/actions")]
    [InlineData("/api/session", "/api/session")]
    [InlineData("/api/overview", "/api/overview?wrong=1")]
    [InlineData("/api/tables/{table}/value", "/api/tables/none/value?key=a")]
    public async Task Answer_must_fit_its_description(string path, string call)
    {
        var document = (await http.Get("/api/openapi.json")).Json;
        var answer = await http.Get(call);

        var response = document["paths"]![path]!["get"]!["responses"]![answer.Status.ToString()]!;
        var problems = new List<string>();
        Check(document, response["content"]!["application/json"]!["schema"]!, answer.Json, "$", problems);

        problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_member_of_an_answer_must_have_a_type()
    {
        var schemas = (await http.Get("/api/openapi.json")).Json["components"]!["schemas"]!.AsObject();

        schemas.Count.ShouldBeGreaterThan(10);
        foreach (var (name, schema) in schemas)
            Types(schema!, name);

        static void Types(JsonNode schema, string at)
        {
            schema["type"].ShouldNotBeNull(at);
            foreach (var (name, property) in schema["properties"]?.AsObject() ?? [])
                Types(property!, $"{at}.{name}");
        }
    }

    static void Check(JsonNode document, JsonNode schema, JsonNode? value, string at, List<string> problems)
    {
        if ((string?)schema["$ref"] is { } reference)
        {
            Check(document, reference["#/".Length..].Split('/').Aggregate(document, static (node, step) => node[step]!), value, at, problems);
            return;
        }

        var found = value switch { JsonObject => "object", JsonArray => "array", JsonValue v => v.GetValueKind().ToString().ToLowerInvariant(), _ => "null" };
        var expected = (string)schema["type"]!;
        if (!(expected == found || (expected == "boolean" && found is "true" or "false") || (expected == "integer" && found == "number")))
            problems.Add($"{at}: found {found}, expected {expected}");
        if (value is JsonObject members && schema["properties"] is JsonObject properties)
        {
            problems.AddRange((schema["required"]?.AsArray() ?? []).Where(r => !members.ContainsKey((string)r!)).Select(r => $"{at}: {r} is missing"));
            foreach (var (name, member) in members)
            {
                if (properties[name] is { } known)
                    Check(document, known, member, $"{at}.{name}", problems);
                else
                    problems.Add($"{at}: {name} is not described");
            }
        }
        else if (value is JsonObject map && schema["additionalProperties"] is JsonObject each)
        {
            foreach (var (name, member) in map)
                Check(document, each, member, $"{at}.{name}", problems);
        }
        else if (value is JsonArray items)
        {
            foreach (var item in items)
                Check(document, schema["items"]!, item, $"{at}[]", problems);
        }
    }
}
