using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.OpenApi;

namespace GokaAkka.Web.Api;

/// <summary>
/// Describes the API in OpenAPI 3.1, out of its endpoints. It has services of its own, which know these endpoints alone and without the path they are mounted
/// at: the application has nothing to add, and its own documents are without them.
/// </summary>
/// <param name="monitor">The monitor's group.</param>
sealed class ApiDescription(IEndpointRouteBuilder monitor)
{
    public const string Name = "goka";

    readonly Lazy<Task<string>> _document = new(() => Describe(monitor));

    public void Map(RouteGroupBuilder api) => api.MapGet("openapi.json", GetDescription);

    [EndpointSummary("This description")]
    [ProducesResponseType<JsonObject>(StatusCodes.Status200OK, "application/json")]
    async Task<IResult> GetDescription() => Results.Content(await _document.Value.ConfigureAwait(false), "application/json");

    static async Task<string> Describe(IEndpointRouteBuilder monitor)
    {
        var services = new ServiceCollection()
            .AddSingleton<EndpointDataSource>(new CompositeEndpointDataSource(monitor.DataSources))
            .AddSingleton(monitor.ServiceProvider.GetRequiredService<IHostEnvironment>())
            .ConfigureHttpJsonOptions(static json => ApiJson.Set(json.SerializerOptions))
            .AddLogging().AddRouting().AddOpenApi(Name, Configure);
        await using var provider = services.BuildServiceProvider();
        var document = await provider.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync().ConfigureAwait(false);
        return await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1).ConfigureAwait(false);
    }

    static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.CreateSchemaReferenceId = static type => OpenApiOptions.CreateDefaultSchemaReferenceId(type)?.Replace("Model", "", StringComparison.Ordinal);
        options.AddDocumentTransformer(static (document, _, _) =>
        {
            var version = typeof(ApiDescription).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
            document.Info = new OpenApiInfo { Title = "GokaAkka", Version = version, Description = "What the pages of GokaAkka's web monitor show and do, and its commands." };
            document.Servers = [new OpenApiServer { Url = ".." }];
            document.AddComponent("token", new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "goka.web.token. Without one, this machine alone is answered.",
            });
            // Nulls are left out.
            foreach (var schema in document.Components!.Schemas!.Values)
            {
                foreach (var (name, property) in schema.Properties?.Where(static p => p.Value.OneOf is [_, _]).ToList() ?? [])
                    schema.Properties![name] = property.OneOf![1];
            }

            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("token", document)] = [] }, []];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(static async (operation, context, stop) =>
        {
            var method = context.Description.ActionDescriptor.EndpointMetadata.OfType<MethodInfo>().First();
            operation.OperationId = JsonNamingPolicy.CamelCase.ConvertName(method.Name);
            if (method.GetParameters().FirstOrDefault(static p => p.ParameterType.IsGenericType && p.ParameterType.GetGenericTypeDefinition() == typeof(Json<>)) is not { } body)
                return;
            var type = body.ParameterType.GetGenericArguments()[0];
            var name = type.Name.Replace("Model", "", StringComparison.Ordinal);
            context.Document!.AddComponent(name, await context.GetOrCreateSchemaAsync(type, null, stop).ConfigureAwait(false));
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = new OpenApiSchemaReference(name, context.Document) } },
            };
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAntiforgeryMetadata>().Any(static a => !a.RequiresValidation))
                return;
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = "X-Goka-Forgery", In = ParameterLocation.Header, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                Description = "The forgery of getSession, with its cookie; not needed beside the token in the Authorization header",
            });
        });
        options.AddSchemaTransformer(static (schema, context, _) =>
        {
            schema.Type &= ~JsonSchemaType.Null;
            foreach (var property in context.JsonTypeInfo.Properties.Where(static p => p.IsGetNullable || Nullable.GetUnderlyingType(p.PropertyType) is not null))
                schema.Required?.Remove(property.Name);
            if (context.JsonTypeInfo.Type == typeof(ProblemDetails))
                schema.Properties!["error"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The detail: what is wrong, what was found and what is expected" };
            if (context.ParameterDescription?.ParameterDescriptor is IParameterInfoParameterDescriptor { ParameterInfo: var parameter }
                && parameter.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed)
                schema.Enum = [.. allowed.Values.Select(static v => (JsonNode)(string)v!)];
            return Task.CompletedTask;
        });
    }
}
