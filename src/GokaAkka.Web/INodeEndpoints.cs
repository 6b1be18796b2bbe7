using Microsoft.AspNetCore.Routing;

namespace GokaAkka.Web;

/// <summary>What a package of its own adds to the web server of a node.</summary>
public interface INodeEndpoints
{
    /// <summary>Maps its endpoints, once, before the server starts. The node is among the application's services.</summary>
    void Map(IEndpointRouteBuilder endpoints);
}
