using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using GokaAkka.Web.Api.Changes;
using GokaAkka.Web.Api.Commands;
using GokaAkka.Web.Api.Queries;
using GokaAkka.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace GokaAkka.Web.Api;

/// <summary>The operations of the API, and what they have in common: who may ask, parameters that make sense, JSON, and problems for answers.</summary>
static class ApiEndpoints
{
    // Those that any operation may answer with.
    static readonly int[] Failures = [400, 401, 403, 429, 500];

    public static void Map(RouteGroupBuilder group, Func<WebParts> parts)
    {
        var api = group.MapGroup("/api").WithGroupName(ApiDescription.Name);
        // Around the whole endpoint: nothing of a request is read before it is known who asks.
        ((IEndpointConventionBuilder)api).Add(endpoint =>
        {
            var next = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => Answer(context, parts(), next);
        });
        // In the API's own JSON, whatever the application has set for its.
        api.AddEndpointFilter(static async (context, next) => await next(context).ConfigureAwait(false) is var answer && answer is null or IResult
            ? answer : Results.Json(answer, ApiJson.Options, "application/json"));
        foreach (var status in Failures)
            api.ProducesProblem(status);
        new ViewOperations(parts).Map(api);
        new QueryOperations(parts).Map(api);
        new ChangeOperations(parts).Map(api);
        new CommandOperations(parts).Map(api);
        new ApiDescription(group).Map(api);
        api.MapFallback("/{*path}", static Task (HttpContext context) =>
            throw ApiException.NotFound($"The API has no {context.Request.Method} of this path: api/openapi.json tells what it has."));
    }

    static async Task Answer(HttpContext context, WebParts parts, RequestDelegate next)
    {
        var endpoint = context.GetEndpoint()!;
        try
        {
            Check(parts.Access, context);
            if (endpoint.Metadata.GetMetadata<MethodInfo>() is { } method)
                CheckParameters(context.Request, method);
            await next(context).ConfigureAwait(false);
        }
        catch (ApiException e)
        {
            await Problem(context, e.Status, e.Message).ConfigureAwait(false);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // Nobody waits for the answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            parts.Monitor.Cluster.LogFault(e, $"The web monitor could not answer {context.Request.Method} {context.Request.Path}.");
            await Problem(context, StatusCodes.Status500InternalServerError,
                $"{endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary}: it could not be done, and the log of the node says why.").ConfigureAwait(false);
        }
    }

    static void Check(Access access, HttpContext context)
    {
        if (access.Refuse(context) is { } refused)
        {
            if (refused.Status == StatusCodes.Status401Unauthorized)
                context.Response.Headers.WWWAuthenticate = "Bearer";
            throw new ApiException(refused.Status, refused.Reason);
        }

        if (HttpMethods.IsPost(context.Request.Method) && access.RefuseChange(context) is { } forged)
            throw new ApiException(StatusCodes.Status403Forbidden, forged);
    }

    // What binding would refuse without a word is refused here with what was found and expected. A parameter has a description.
    static void CheckParameters(HttpRequest request, MethodInfo method)
    {
        var parameters = Array.FindAll(method.GetParameters(), static p => p.IsDefined(typeof(DescriptionAttribute)));
        var path = request.RouteValues;
        foreach (var (name, values) in request.Query)
        {
            var known = parameters.Select(static p => p.Name!).Where(p => !path.ContainsKey(p)).ToList();
            if (!known.Contains(name))
                throw ApiException.Parameter("query", name, known.Count == 0 ? "no parameter" : $"none but {string.Join(", ", known)}");
            if (values.Count > 1)
                throw ApiException.Parameter(name, string.Join("', '", values.ToArray()), "one value");
        }

        // An empty one is none.
        request.Query = new QueryCollection(request.Query.Where(static q => !string.IsNullOrEmpty(q.Value)).ToDictionary());
        foreach (var parameter in parameters)
        {
            var name = parameter.Name!;
            if (path.TryGetValue(name, out var part))
                path[name] = (part as string)?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
            if ((path[name] as string ?? (string?)request.Query[name]) is not { } found)
            {
                if (!parameter.HasDefaultValue)
                    throw ApiException.Parameter(name, null, parameter.GetCustomAttribute<DescriptionAttribute>()!.Description);
                continue;
            }

            if (parameter.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed && !allowed.IsValid(found))
                throw ApiException.Parameter(name, found, $"one of {string.Join(", ", allowed.Values)}");
            if (parameter.GetCustomAttribute<RangeAttribute>() is { } range
                && !(int.TryParse(found, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && range.IsValid(number)))
                throw ApiException.Parameter(name, found, $"a whole number from {range.Minimum} to {range.Maximum}");
        }
    }

    // Its detail, by the name that it had before there were problem details, too.
    static Task Problem(HttpContext context, int status, string message) =>
        TypedResults.Problem(message, statusCode: status, extensions: [new("error", message)]).ExecuteAsync(context);
}
