using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace GokaAkka.Web.Api;

/// <summary>How the API writes JSON: what is null is left out.</summary>
static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Set(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Set(JsonSerializerOptions options)
    {
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.NumberHandling = JsonNumberHandling.Strict;
        return options;
    }
}

/// <summary>The JSON of a request, read as the API writes it.</summary>
sealed record Json<T>(T Value) : IBindableFromHttpContext<Json<T>> where T : class
{
    const int Longest = 1 << 20;

    public static async ValueTask<Json<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var request = context.Request;
        if (!request.HasJsonContentType())
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, $"Content-Type: found '{request.ContentType}', expected application/json.");
        if (request.ContentLength > Longest)
            throw new ApiException(StatusCodes.Status413PayloadTooLarge, $"body: found {request.ContentLength} bytes, expected at most {Longest}.");
        try
        {
            return new Json<T>(await request.ReadFromJsonAsync<T>(ApiJson.Options, context.RequestAborted).ConfigureAwait(false)
                ?? throw ApiException.Parameter("body", "null", "a JSON object"));
        }
        catch (JsonException e)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, $"body{e.Path?.TrimStart('$')}: found what is no JSON of this operation, expected as the API's description has it: {e.Message}");
        }
    }
}
