using System.Globalization;
using System.Text.Json;
using GokaAkka.Web.Monitoring;
using GokaAkka.Web.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace GokaAkka.Web.Api;

/// <summary>A request of the API: its parameters, checked; a parameter that makes no sense is an error that names it.</summary>
sealed class ApiCall(HttpContext context, ApiOperation operation, ClusterMonitor monitor, Access access)
{
    const int LongestBody = 1 << 20;

    public HttpContext Context => context;

    public ClusterMonitor Monitor => monitor;

    public Access Access => access;

    public ICluster Cluster => monitor.Cluster;

    public CancellationToken Aborted => context.RequestAborted;

    public ValueTask<Picture> Picture => monitor.Now(context.RequestAborted);

    /// <exception cref="ApiException">There are parameters that the operation does not have, or one is given twice.</exception>
    public void CheckQuery()
    {
        foreach (var (name, values) in context.Request.Query)
        {
            if (!operation.Parameters.Any(p => !p.InPath && p.Name == name))
            {
                var known = operation.Parameters.Where(static p => !p.InPath).Select(static p => p.Name).ToList();
                throw ApiException.Parameter("query", name, known.Count == 0 ? "no parameter" : $"none but {string.Join(", ", known)}");
            }

            if (values.Count > 1)
                throw ApiException.Parameter(name, string.Join("', '", values.ToArray()), "one value");
        }
    }

    /// <summary>A parameter; null where it is not given.</summary>
    public string? Text(string name)
    {
        var parameter = operation.Parameters.First(p => p.Name == name);
        var found = parameter.InPath ? (context.GetRouteValue(name) as string)?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)
            : context.Request.Query.TryGetValue(name, out var values) && !StringValues.IsNullOrEmpty(values) ? values.ToString()
            : null;
        if (found is null && parameter.IsRequired)
            throw ApiException.Parameter(name, null, parameter.Description);
        if (found is not null && parameter.Choices.Count > 0 && !parameter.Choices.Contains(found))
            throw ApiException.Parameter(name, found, $"one of {string.Join(", ", parameter.Choices)}");
        return found;
    }

    /// <summary>A parameter that has to be there.</summary>
    public string Required(string name) =>
        Text(name) ?? throw ApiException.Parameter(name, null, operation.Parameters.First(p => p.Name == name).Description);

    /// <summary>A whole number, or its default.</summary>
    public int Number(string name)
    {
        var (min, max, ifNone) = operation.Parameters.First(p => p.Name == name).Bounds!.Value;
        if (Text(name) is not { } text)
            return ifNone;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw ApiException.Parameter(name, text, $"a whole number from {min} to {max}");
    }

    /// <summary>The JSON of the request.</summary>
    public async Task<T> Body<T>() where T : class
    {
        if (!context.Request.HasJsonContentType())
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, $"Content-Type: found '{context.Request.ContentType}', expected application/json.");
        if (context.Request.ContentLength > LongestBody)
            throw new ApiException(StatusCodes.Status413PayloadTooLarge, $"body: found {context.Request.ContentLength} bytes, expected at most {LongestBody}.");
        try
        {
            return await context.Request.ReadFromJsonAsync<T>(ApiJson.Options, context.RequestAborted).ConfigureAwait(false)
                ?? throw ApiException.Parameter("body", "null", "a JSON object");
        }
        catch (JsonException e)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, $"body{e.Path?.TrimStart('$')}: found what is no JSON of this operation, expected as the API's description has it: {e.Message}");
        }
    }
}
