namespace GokaAkka.Nodes;

/// <summary>Something that a node's configuration starts and a package of its own brings, such as the web monitor. It has a constructor without parameters.</summary>
public interface INodeService
{
    /// <summary>Starts it; it is disposed when the node's actor system ends.</summary>
    /// <exception cref="Akka.Configuration.ConfigurationException">It cannot start as configured; the message names the setting.</exception>
    Task<IAsyncDisposable> Start(Goka goka);
}
