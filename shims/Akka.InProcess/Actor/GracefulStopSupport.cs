namespace Akka.Actor;

public static class GracefulStopSupport
{
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) => GracefulStop(target, timeout, PoisonPill.Instance);

    /// <summary>True once the actor has stopped, false when it has not after <paramref name="timeout"/>; it may still stop later then.</summary>
    public static async Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage)
    {
        if (target is not IInternalActorRef { System: { } system } watchee)
            throw new InvalidOperationException($"{target} cannot be death-watched");
        var watcher = new FutureActorRef<Terminated>(system, timeout, CancellationToken.None);
        watchee.SendSystemMessage(new WatchMessage(watchee, watcher));
        target.Tell(stopMessage, ActorRefs.NoSender);
        return await WatchAsyncSupport.Ended(watchee, watcher).ConfigureAwait(false);
    }
}

public static class WatchAsyncSupport
{
    /// <summary>True once the actor has stopped, false when <paramref name="token"/> was cancelled before.</summary>
    public static Task<bool> WatchAsync(this IActorRef target, CancellationToken token = default)
    {
        if (target is not IInternalActorRef { System: { } system } watchee)
            throw new InvalidOperationException($"{target} cannot be death-watched");
        var watcher = new FutureActorRef<Terminated>(system, Timeout.InfiniteTimeSpan, token);
        watchee.SendSystemMessage(new WatchMessage(watchee, watcher));
        return Ended(watchee, watcher);
    }

    internal static async Task<bool> Ended(IInternalActorRef watchee, FutureActorRef<Terminated> watcher)
    {
        try
        {
            await watcher.Task.ConfigureAwait(false);
            return true;
        }
        catch (Exception)
        {
            watchee.SendSystemMessage(new UnwatchMessage(watchee, watcher));
            return false;
        }
    }
}
