using Akka.Configuration;
using GokaAkka.Actors.Configuration;

namespace GokaAkka.Nodes;

/// <summary>Starts what the configuration asks for and a package of its own brings.</summary>
static class NodeServices
{
    const string Web = "GokaAkka.Web.WebServer, GokaAkka.Web";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <exception cref="ConfigurationException">The package is not there, or the service cannot start.</exception>
    public static IEnumerable<IAsyncDisposable> Start(Goka goka)
    {
        if (goka.Settings.Web.Enabled)
            yield return Start(goka, Web, "goka.web.enabled");
    }

    static IAsyncDisposable Start(Goka goka, string type, string setting)
    {
        if (ConfiguredClass.Find(type, out _) is not { } found)
        {
            throw new ConfigurationException(
                $"{goka.Settings.Name(setting)} is on, and the package {type.Split(", ")[1]} is not there: reference it in the program, or turn the setting off.");
        }

        var service = (INodeService)Activator.CreateInstance(found)!;
        // On another thread: an extension is made by a call that does not wait for tasks.
        return Task.Run(() => service.Start(goka)).WaitAsync(Patience).GetAwaiter().GetResult();
    }
}
