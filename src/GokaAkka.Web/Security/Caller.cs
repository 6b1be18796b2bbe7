using Microsoft.AspNetCore.Http;

namespace GokaAkka.Web.Security;

/// <summary>Who makes a request, for the log.</summary>
static class Caller
{
    public static string Of(HttpContext context) =>
        $"{(context.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name : "Somebody")} at {context.Connection.RemoteIpAddress?.ToString() ?? "this machine"}";
}
