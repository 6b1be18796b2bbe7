using Microsoft.AspNetCore.Http;

namespace GokaAkka.Web.Api;

/// <summary>One operation of the API: what the router, the check of parameters and the OpenAPI document are made of.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">Below <c>api</c>, with the names of path parameters in braces.</param>
/// <param name="Id">Its name.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Response">The type of the answer.</param>
/// <param name="Run">Makes the answer; null when it has written one itself.</param>
sealed record ApiOperation(string Method, string Path, string Id, string Summary, Type Response, Func<ApiCall, Task<object?>> Run)
{
    public IReadOnlyList<ApiParameter> Parameters { get; init; } = [];

    /// <summary>The type of the JSON in the request; null for none.</summary>
    public Type? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>Statuses beside 200, and those that any operation may answer with.</summary>
    public IReadOnlyList<int> Failures { get; init; } = [];

    public bool Changes => Method == HttpMethods.Post;

    public static ApiOperation Get<T>(string path, string id, string summary, Func<ApiCall, Task<T>> run, params ApiParameter[] parameters) where T : notnull =>
        new(HttpMethods.Get, path, id, summary, typeof(T), async call => await run(call).ConfigureAwait(false)) { Parameters = parameters };

    public static ApiOperation Post<TBody, T>(string path, string id, string summary, Func<ApiCall, TBody, Task<T>> run, params ApiParameter[] parameters)
        where TBody : class where T : notnull =>
        new(HttpMethods.Post, path, id, summary, typeof(T), async call => await run(call, await call.Body<TBody>().ConfigureAwait(false)).ConfigureAwait(false))
        {
            Parameters = parameters, Body = typeof(TBody),
        };
}

/// <summary>A parameter of an operation.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it means.</param>
/// <param name="InPath">Whether it is a part of the path, not of the query.</param>
sealed record ApiParameter(string Name, string Description, bool InPath = false)
{
    public bool IsRequired { get; init; } = InPath;

    /// <summary>What it may be, where it is one of some words.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The least and the most, where it is a whole number.</summary>
    public (int Min, int Max, int Default)? Bounds { get; init; }
}
