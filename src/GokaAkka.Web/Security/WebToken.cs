using GokaAkka.Actors;

namespace GokaAkka.Web.Security;

/// <summary>What a token given in code has to be.</summary>
static class WebToken
{
    /// <summary>What is wrong with it, or null.</summary>
    public static string? Problem(string token) =>
        token.Length >= WebSettings.ShortestToken ? null : $"has {token.Length} characters: expected {WebSettings.ShortestToken} or more that nobody guesses";
}
