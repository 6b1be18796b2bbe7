namespace Akka.Actor;

public static class PipeToSupport
{
    public static Task PipeTo<T>(this Task<T> taskToPipe, ICanTell recipient, IActorRef sender = null,
        Func<T, object> success = null, Func<Exception, object> failure = null) =>
        PipeTo(taskToPipe, recipient, false, sender, success, failure);

    public static Task PipeTo<T>(this ValueTask<T> taskToPipe, ICanTell recipient, IActorRef sender = null,
        Func<T, object> success = null, Func<Exception, object> failure = null) =>
        PipeTo(taskToPipe, recipient, false, sender, success, failure);

    public static Task PipeTo(this Task taskToPipe, ICanTell recipient, IActorRef sender = null,
        Func<object> success = null, Func<Exception, object> failure = null) =>
        PipeTo(taskToPipe, recipient, false, sender, success, failure);

    public static Task PipeTo(this ValueTask taskToPipe, ICanTell recipient, IActorRef sender = null,
        Func<object> success = null, Func<Exception, object> failure = null) =>
        PipeTo(taskToPipe, recipient, false, sender, success, failure);

    public static Task PipeTo<T>(this ValueTask<T> taskToPipe, ICanTell recipient, bool useConfigureAwait, IActorRef sender = null,
        Func<T, object> success = null, Func<Exception, object> failure = null) =>
        PipeTo(taskToPipe.AsTask(), recipient, useConfigureAwait, sender, success, failure);

    public static Task PipeTo(this ValueTask taskToPipe, ICanTell recipient, bool useConfigureAwait, IActorRef sender = null,
        Func<object> success = null, Func<Exception, object> failure = null) =>
        PipeTo(taskToPipe.AsTask(), recipient, useConfigureAwait, sender, success, failure);

    /// <summary>Tells the recipient the result, or a <see cref="Status.Failure"/> with the exception.</summary>
    public static async Task PipeTo<T>(this Task<T> taskToPipe, ICanTell recipient, bool useConfigureAwait, IActorRef sender = null,
        Func<T, object> success = null, Func<Exception, object> failure = null)
    {
        try
        {
            var result = await taskToPipe.ConfigureAwait(useConfigureAwait);
            recipient.Tell(success != null ? success(result) : result, sender);
        }
        catch (Exception e)
        {
            recipient.Tell(failure != null ? failure(e) : new Status.Failure(e), sender);
        }
    }

    /// <summary>Tells the recipient what <paramref name="success"/> makes, nothing without it, or a <see cref="Status.Failure"/>.</summary>
    public static async Task PipeTo(this Task taskToPipe, ICanTell recipient, bool useConfigureAwait, IActorRef sender = null,
        Func<object> success = null, Func<Exception, object> failure = null)
    {
        try
        {
            await taskToPipe.ConfigureAwait(useConfigureAwait);
            if (success != null)
                recipient.Tell(success(), sender);
        }
        catch (Exception e)
        {
            recipient.Tell(failure != null ? failure(e) : new Status.Failure(e), sender);
        }
    }
}
