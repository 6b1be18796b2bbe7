using System.ComponentModel;
using GokaAkka.Web.Pages;

namespace GokaAkka.Web.Api;

/// <summary>What a page needs before it can have something changed.</summary>
sealed record SessionModel([property: Description("To be sent as X-Goka-Forgery, with the cookie that comes with it")] string Forgery);

/// <summary>Begins what protects from forged requests.</summary>
static class SessionOperation
{
    public static ApiOperation Get => ApiOperation.Get("session", "getSession", "The anti-forgery token for operations that change something",
        static call => Task.FromResult(new SessionModel(call.Access.Forgery(call.Context, BasePath.Of(call.Context, 2)))));
}
