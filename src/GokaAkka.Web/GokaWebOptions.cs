namespace GokaAkka.Web;

/// <summary>How the web monitor is served where an application mounts it; what is left out comes from <c>goka.web</c> in HOCON.</summary>
public sealed record GokaWebOptions
{
    /// <summary>The GokaAkka to show, in place of the one among the application's services.</summary>
    public Goka? Goka { get; init; }

    /// <summary>
    /// The token that whoever wants to see the monitor has to have, 16 characters or more, in place of <c>goka.web.token</c>. Where there is neither, nor an
    /// authorization policy of the application's on what <c>MapGoka</c> returns, only this machine is answered.
    /// </summary>
    public string? Token { get; init; }
}
