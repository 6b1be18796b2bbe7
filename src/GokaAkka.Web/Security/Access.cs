using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace GokaAkka.Web.Security;

/// <summary>
/// Who is answered: where the application has set a policy, whoever it lets pass; else whoever has the token; where there is none, this machine alone.
/// </summary>
sealed class Access(Secret? secret)
{
    const string SessionCookie = "goka-session";
    const string ForgeryCookie = "goka-forgery";
    const string ForgeryHeader = "X-Goka-Forgery";
    const string Bearer = "Bearer ";
    static readonly TimeSpan SessionLength = TimeSpan.FromHours(12);

    // Its key lives as long as the process.
    readonly EphemeralDataProtectionProvider _protection = new();

    /// <summary>Whether the request is a part of a session, which can be ended.</summary>
    public bool HasSession(HttpContext context) => secret is not null && Open(Sessions, context.Request.Cookies[SessionCookie]) is not null;

    public bool IsClosed => secret is { IsClosed: true };

    /// <summary>Whether a request may be answered; else the status, and a sentence for whoever made it.</summary>
    public (int Status, string Reason)? Refuse(HttpContext context)
    {
        if (HasPolicy(context))
            return null;
        if (secret is not null)
        {
            if (HasSession(context))
                return null;
            var (status, reason) = RefuseToken(context);
            return status == StatusCodes.Status200OK ? null : (status, reason);
        }

        return IsLocal(context)
            ? null
            : (StatusCodes.Status403Forbidden,
                "This monitor answers its own machine alone, by the name localhost or a loopback address and not through a proxy. Set goka.web.token, or "
                + "require authorization where MapGoka is called, to open it to others.");
    }

    /// <summary>Begins a session for whoever has the token.</summary>
    /// <returns>Whether it was right.</returns>
    public bool Login(HttpContext context, string token, string path)
    {
        if (secret is null || IsClosed || !secret.Matches(token))
            return false;
        context.Response.Cookies.Append(SessionCookie, Sessions.Protect("", SessionLength), Cookie(context, path, SessionLength));
        return true;
    }

    public static void Logout(HttpContext context, string path) => context.Response.Cookies.Delete(SessionCookie, Cookie(context, path, null));

    /// <summary>The anti-forgery token for a browser, which keeps its half in a cookie that scripts do not see.</summary>
    public string Forgery(HttpContext context, string path)
    {
        var nonce = context.Request.Cookies[ForgeryCookie];
        if (string.IsNullOrEmpty(nonce))
        {
            nonce = RandomNumberGenerator.GetHexString(32);
            context.Response.Cookies.Append(ForgeryCookie, nonce, Cookie(context, path, null));
        }

        return Forgeries.Protect(nonce);
    }

    /// <summary>Why a request that would change something may come from a page of somebody else; null when it cannot.</summary>
    public string? RefuseChange(HttpContext context)
    {
        var headers = context.Request.Headers;
        // A browser does not add this by itself.
        if (secret is not null && BearerOf(context) is not null)
            return null;
        if (IsForeign(context))
            return "The request comes from a page of another origin.";
        // What is for programs, which have no session, takes JSON alone: a form cannot send it, and a browser sends it for a page of another origin only where the
        // server has agreed to (CORS), which the monitor never does. Where its application does, that page's origin is in the headers and was refused above.
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAntiforgeryMetadata>() is { RequiresValidation: false })
            return context.Request.HasJsonContentType() ? null : $"Content-Type: found '{context.Request.ContentType}', expected application/json.";
        return Open(Forgeries, headers[ForgeryHeader]) is { } nonce && nonce == context.Request.Cookies[ForgeryCookie]
            ? null
            : $"{ForgeryHeader}: found {(headers.ContainsKey(ForgeryHeader) ? "one that does not fit the cookie" : "nothing")}, expected the forgery that api/session gives, with its cookie.";
    }

    /// <summary>Whether a browser says that another site has it make the request.</summary>
    public static bool IsForeign(HttpContext context)
    {
        var (site, origin) = ((string?)context.Request.Headers["Sec-Fetch-Site"], (string?)context.Request.Headers.Origin);
        return site is not (null or "same-origin" or "none")
            || (origin is not null && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == context.Request.Host.Value?.ToLowerInvariant()));
    }

    ITimeLimitedDataProtector Sessions => _protection.CreateProtector("session").ToTimeLimitedDataProtector();

    IDataProtector Forgeries => _protection.CreateProtector("forgery");

    /// <summary>What was protected; null where it was not, or not here, or its time is over.</summary>
    static string? Open(IDataProtector protector, string? sealedText)
    {
        try
        {
            return string.IsNullOrEmpty(sealedText) ? null : protector.Unprotect(sealedText);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    (int Status, string Reason) RefuseToken(HttpContext context)
    {
        if (BearerOf(context) is not { } token)
            return (StatusCodes.Status401Unauthorized, "Authorization: found nothing, expected 'Bearer' and goka.web.token; or log in on a page.");
        if (secret!.IsClosed)
            return (StatusCodes.Status429TooManyRequests, "There were too many wrong tokens: try again in a minute.");
        return secret.Matches(token)
            ? (StatusCodes.Status200OK, "")
            : (StatusCodes.Status401Unauthorized, "Authorization: found another token than goka.web.token.");
    }

    static string? BearerOf(HttpContext context) =>
        (string?)context.Request.Headers.Authorization is { } header && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : null;

    static bool HasPolicy(HttpContext context) => context.GetEndpoint()?.Metadata is { } metadata
        && (metadata.GetMetadata<IAuthorizeData>() is not null || metadata.GetMetadata<AuthorizationPolicy>() is not null || metadata.GetMetadata<IAllowAnonymous>() is not null);

    // The name, too: a page of somebody else may have its own name lead here.
    static bool IsLocal(HttpContext context) =>
        (context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address))
        && (string.Equals(context.Request.Host.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(context.Request.Host.Host.Trim('[', ']'), out var host) && IPAddress.IsLoopback(host)))
        && !context.Request.Headers.ContainsKey("X-Forwarded-For") && !context.Request.Headers.ContainsKey("Forwarded");

    static CookieOptions Cookie(HttpContext context, string path, TimeSpan? length) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = path, MaxAge = length, IsEssential = true,
    };
}
