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
        described.Count().ShouldBe(20);
        var operations = paths.SelectMany(static p => p.Value!.AsObject().Select(static m => m.Value!)).ToList();
        operations.Select(static o => (string)o["operationId"]!).Distinct().Count().ShouldBe(20);
        operations.ShouldAllBe(static o => (string)o["summary"]! != "" && o["responses"]!["200"] != null && o["responses"]!["401"] != null);
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
    [InlineData("/api/commands", "/api/commands")]
    [InlineData("/api/overview", "/api/overview?wrong=1")]
    [InlineData("/api/tables/{table}/value", "/api/tables/none/value?key=a")]
    public async Task Answer_must_fit_its_description(string path, string call)
    {
        var document = (await http.Get("/api/openapi.json")).Json;
        var answer = await http.Get(call);

        var response = document["paths"]![path]!["get"]!["responses"]![answer.Status.ToString()]!;
        var problems = new List<string>();
        Check(document, response["content"]![answer.Headers["Content-Type"].Split(';')[0]]!["schema"]!, answer.Json, "$", problems);

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
            (schema["type"] is JsonValue || schema["$ref"] is not null).ShouldBeTrue($"{at}: {schema.ToJsonString()}");
            foreach (var (name, property) in schema["properties"]?.AsObject() ?? [])
                Types(property!, $"{at}.{name}");
        }
    }

    [Fact]
    public async Task Parameter_and_body_must_be_described_with_what_they_may_be()
    {
        var document = (await http.Get("/api/openapi.json")).Json;

        var entries = document["paths"]!["/api/tables/{table}/entries"]!["get"]!["parameters"]!.AsArray();
        Parameter(entries, "table").ShouldBe("""{"name":"table","in":"path","description":"the name of a table or of a view's table","required":true,"schema":{"type":"string"}}""");
        Parameter(entries, "count").ShouldBe(
            """{"name":"count","in":"query","description":"the most entries","schema":{"maximum":500,"minimum":1,"type":"integer","format":"int32","default":50}}""");
        Parameter(entries, "from").ShouldContain("""
            "enum":["owner","any"]
            """);
        Parameter(entries, "prefix").ShouldContain("""
            "schema":{"type":"string"}
            """);
        var pause = document["paths"]!["/api/groups/{group}/pause"]!["post"]!;
        pause["requestBody"]!["content"]!["application/json"]!["schema"]!.ToJsonString().ShouldBe("""{"$ref":"#/components/schemas/Halt"}""");
        pause["responses"]!.AsObject().Select(static r => r.Key).ShouldBe(["200", "400", "401", "403", "404", "409", "413", "415", "429", "500"], ignoreOrder: true);
        pause["parameters"]!.AsArray().Select(static p => (string)p!["name"]!).ShouldBe(["group", "X-Goka-Forgery"]);
        document["components"]!["securitySchemes"]!["token"]!["scheme"]!.ToString().ShouldBe("bearer");

        static string Parameter(JsonArray parameters, string name) => parameters.Single(p => (string)p!["name"]! == name)!.ToJsonString(
            new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
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
