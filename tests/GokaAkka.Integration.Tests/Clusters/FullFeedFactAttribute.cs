using Akka.Actor;

namespace GokaAkka.Integration.Tests.Clusters;

/// <summary>A test of several processes that form a cluster, which the stand-in for Akka.NET cannot: it has no remoting.</summary>
sealed class FullFeedFactAttribute : FactAttribute
{
    public FullFeedFactAttribute()
    {
        if (typeof(ActorSystem).Assembly.GetName().Name is var assembly && assembly != "Akka")
            Skip = $"It takes the Akka.NET packages (the full feed); this build has {assembly}.";
    }
}
