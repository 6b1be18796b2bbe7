using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace GokaAkka.Web.Api;

/// <summary>Describes the API's operations in OpenAPI 3.1, from what they are made of.</summary>
static class OpenApiDocument
{
    static readonly JsonSchemaExporterOptions SchemaOptions = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe };

    static readonly IReadOnlyDictionary<int, string> Reasons = new Dictionary<int, string>
    {
        [400] = "A parameter makes no sense; the message names it, what was found and what is expected",
        [401] = "The token is missing or wrong",
        [403] = "Not from where this is answered, or without the anti-forgery token",
        [404] = "There is no such thing",
        [413] = "The request is too long",
        [415] = "The request is no JSON",
        [429] = "There were too many wrong tokens lately",
        [500] = "It could not be done; the node's log says why",
        [409] = "It was not done on every node that was concerned",
        [503] = "It cannot be answered at the moment",
    };

    public static JsonObject Create(IEnumerable<ApiOperation> operations, string version)
    {
        var paths = new JsonObject();
        var schemas = new Dictionary<string, Type>(StringComparer.Ordinal);
        foreach (var operation in operations)
        {
            var path = $"/api/{operation.Path}";
            if (paths[path] is not JsonObject methods)
                paths[path] = methods = [];
            methods[operation.Method.ToLowerInvariant()] = Of(operation, schemas);
        }

        Reference(typeof(ErrorModel), schemas);
        var components = new JsonObject();
        foreach (var (name, type) in schemas.OrderBy(static s => s.Key, StringComparer.Ordinal))
            components[name] = ApiJson.Options.GetJsonSchemaAsNode(type, SchemaOptions);
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "GokaAkka", ["version"] = version, ["description"] = "What the pages of GokaAkka's web monitor show and do." },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = ".." }),
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }, new JsonObject()),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = components,
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "goka.web.token. Without one, this machine alone is answered." },
                },
            },
        };
    }

    static JsonObject Of(ApiOperation operation, Dictionary<string, Type> schemas)
    {
        var responses = new JsonObject { ["200"] = Response("As asked for", operation.ContentType, SchemaOf(operation, schemas)) };
        foreach (var status in operation.Failures.Concat(operation.Body is null ? [] : [413, 415]).Concat([400, 401, 403, 429, 500]).Distinct().Order())
        {
            var failure = status == 409 ? SchemaOf(operation, schemas) : Reference(typeof(ErrorModel), schemas);
            responses[status.ToString(CultureInfo.InvariantCulture)] = Response(Reasons[status], "application/json", failure);
        }

        var described = new JsonObject { ["operationId"] = operation.Id, ["summary"] = operation.Summary };
        var parameters = new JsonArray([.. operation.Parameters.Select(Of)]);
        if (operation.Changes)
        {
            parameters.Add(new JsonObject
            {
                ["name"] = "X-Goka-Forgery", ["in"] = "header", ["schema"] = new JsonObject { ["type"] = "string" },
                ["description"] = "The forgery of getSession, with its cookie; not needed beside the token in the Authorization header",
            });
        }

        if (parameters.Count > 0)
            described["parameters"] = parameters;
        if (operation.Body is { } body)
            described["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content("application/json", Reference(body, schemas)) };
        described["responses"] = responses;
        return described;
    }

    static JsonNode SchemaOf(ApiOperation operation, Dictionary<string, Type> schemas) =>
        operation.ContentType == "application/json" && operation.Response != typeof(JsonObject) ? Reference(operation.Response, schemas)
        : new JsonObject { ["type"] = operation.Response == typeof(JsonObject) ? "object" : "string" };

    static JsonNode Of(ApiParameter parameter)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (parameter.Bounds is { } bounds)
        {
            schema = new JsonObject { ["type"] = "integer", ["minimum"] = bounds.Min, ["maximum"] = bounds.Max };
            if (!parameter.InPath)
                schema["default"] = bounds.Default;
        }

        if (parameter.Choices.Count > 0)
            schema["enum"] = new JsonArray([.. parameter.Choices.Select(static c => (JsonNode)c)]);
        return new JsonObject
        {
            ["name"] = parameter.Name, ["in"] = parameter.InPath ? "path" : "query", ["required"] = parameter.IsRequired, ["description"] = parameter.Description,
            ["schema"] = schema,
        };
    }

    static JsonObject Response(string description, string contentType, JsonNode schema) => new() { ["description"] = description, ["content"] = Content(contentType, schema) };

    static JsonObject Content(string contentType, JsonNode schema) => new() { [contentType] = new JsonObject { ["schema"] = schema } };

    static JsonObject Reference(Type type, Dictionary<string, Type> schemas)
    {
        var name = type.Name.EndsWith("Model", StringComparison.Ordinal) ? type.Name[..^"Model".Length] : type.Name;
        schemas[name] = type;
        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    // The exporter tells types; what they mean stands at the members.
    static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (schema is not JsonObject described)
            return schema;
        // Nulls are left out.
        if (described["required"] is JsonArray required)
        {
            foreach (var property in context.TypeInfo.Properties.Where(static p => Nullable.GetUnderlyingType(p.PropertyType) is not null || (!p.PropertyType.IsValueType && p.IsGetNullable)))
                required.RemoveAll(r => (string?)r == property.Name);
        }

        if (described["type"] is JsonArray types && types.FirstOrDefault(static t => (string?)t != "null") is { } type)
            described["type"] = type.DeepClone();
        if (context.PropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(DescriptionAttribute), false) is [DescriptionAttribute text, ..])
            described.Insert(0, "description", text.Description);
        return described;
    }
}
