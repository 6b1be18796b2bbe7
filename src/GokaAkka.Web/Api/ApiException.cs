using Microsoft.AspNetCore.Http;

namespace GokaAkka.Web.Api;

/// <summary>A request that is answered with a problem.</summary>
sealed class ApiException(int status, string message) : Exception(message)
{
    public int Status => status;

    /// <summary>400: a parameter makes no sense.</summary>
    public static ApiException Parameter(string name, string? found, string expected) => new(
        StatusCodes.Status400BadRequest, $"{name}: found {(found is null ? "nothing" : $"'{Short(found)}'")}, expected {expected}.");

    public static ApiException NotFound(string what) => new(StatusCodes.Status404NotFound, what);

    static string Short(string found) => found.Length <= 100 ? found : found[..100] + "…";
}
