using Akka.Actor;

namespace Akka.Pattern;

/// <summary>How a child is started again after growing pauses.</summary>
public static class Backoff
{
    [Obsolete("Use the overloaded one which accepts maxNrOfRetries instead.")]
    public static BackoffOptions OnFailure(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor) =>
        OnFailure(childProps, childName, minBackoff, maxBackoff, randomFactor, -1);

    /// <summary>For a child that fails: one that stops by itself ends its supervisor.</summary>
    public static BackoffOptions OnFailure(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor,
        int maxNrOfRetries) => New(true, childProps, childName, minBackoff, maxBackoff, randomFactor, maxNrOfRetries);

    [Obsolete("Use the overloaded one which accepts maxNrOfRetries instead.")]
    public static BackoffOptions OnStop(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor) =>
        OnStop(childProps, childName, minBackoff, maxBackoff, randomFactor, -1);

    /// <summary>For a child that stops when it cannot go on. Its failures are its supervisor strategy's matter.</summary>
    public static BackoffOptions OnStop(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor,
        int maxNrOfRetries) => New(false, childProps, childName, minBackoff, maxBackoff, randomFactor, maxNrOfRetries);

    static BackoffOptions New(bool onFailure, Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor,
        int maxNrOfRetries) => new BackoffOptionsImpl
        {
            OnFailure = onFailure,
            ChildProps = childProps,
            ChildName = childName,
            MinBackoff = minBackoff,
            MaxBackoff = maxBackoff,
            RandomFactor = randomFactor,
            Reset = new AutoReset(minBackoff),
            Strategy = new OneForOneStrategy(SupervisorStrategy.DefaultDecider),
        }.WithMaxNrOfRetries(maxNrOfRetries);
}

public abstract class BackoffOptions
{
    private protected BackoffOptions()
    {
    }

    /// <summary>The count of restarts returns to zero when the child has run this long without another one.</summary>
    public abstract BackoffOptions WithAutoReset(TimeSpan resetBackoff);

    /// <summary>The count of restarts returns to zero on <see cref="BackoffSupervisor.Reset"/> only.</summary>
    public abstract BackoffOptions WithManualReset();

    public abstract BackoffOptions WithSupervisorStrategy(OneForOneStrategy supervisorStrategy);

    public abstract BackoffOptions WithDefaultStoppingStrategy();

    /// <summary>The answer to messages that come while there is no child; without one they are dead letters.</summary>
    public abstract BackoffOptions WithReplyWhileStopped(object replyWhileStopped);

    public abstract BackoffOptions WithMaxNrOfRetries(int maxNrOfRetries);

    /// <summary>After a message that this is true for, the child that stops is not started again.</summary>
    public abstract BackoffOptions WithFinalStopMessage(Func<object, bool> isFinalStopMessage);

    internal abstract Props Props { get; }
}

public interface IBackoffReset;

sealed record AutoReset(TimeSpan ResetBackoff) : IBackoffReset;

sealed record ManualReset : IBackoffReset;

sealed class BackoffOptionsImpl : BackoffOptions
{
    public bool OnFailure { get; init; }

    public Props ChildProps { get; init; }

    public string ChildName { get; init; }

    public TimeSpan MinBackoff { get; init; }

    public TimeSpan MaxBackoff { get; init; }

    public double RandomFactor { get; init; }

    public IBackoffReset Reset { get; init; }

    public OneForOneStrategy Strategy { get; init; }

    public object ReplyWhileStopped { get; init; }

    public Func<object, bool> FinalStopMessage { get; init; }

    internal override Props Props
    {
        get
        {
            if (MinBackoff <= TimeSpan.Zero)
                throw new ArgumentException("MinBackoff must be greater than 0");
            if (MaxBackoff < MinBackoff)
                throw new ArgumentException("MaxBackoff must be greater than MinBackoff");
            if (RandomFactor is < 0.0 or > 1.0)
                throw new ArgumentException("RandomFactor must be between 0.0 and 1.0");
            return OnFailure
                ? Props.Create(() => new BackoffOnRestartSupervisor(this))
                : Props.Create(() => new BackoffSupervisor(ChildProps, ChildName, MinBackoff, MaxBackoff, Reset, RandomFactor, Strategy, ReplyWhileStopped, FinalStopMessage));
        }
    }

    public override BackoffOptions WithAutoReset(TimeSpan resetBackoff) => Copy(reset: new AutoReset(resetBackoff));

    public override BackoffOptions WithManualReset() => Copy(reset: new ManualReset());

    public override BackoffOptions WithSupervisorStrategy(OneForOneStrategy supervisorStrategy) => Copy(strategy: supervisorStrategy);

    public override BackoffOptions WithDefaultStoppingStrategy() =>
        Copy(strategy: new OneForOneStrategy(Strategy.MaxNumberOfRetries, null, SupervisorStrategy.StoppingStrategy.Decider));

    public override BackoffOptions WithReplyWhileStopped(object replyWhileStopped) => Copy(reply: replyWhileStopped);

    public override BackoffOptions WithMaxNrOfRetries(int maxNrOfRetries) => Copy(strategy: Strategy.WithMaxNrOfRetries(maxNrOfRetries));

    public override BackoffOptions WithFinalStopMessage(Func<object, bool> isFinalStopMessage) => Copy(finalStop: isFinalStopMessage);

    BackoffOptionsImpl Copy(IBackoffReset reset = null, OneForOneStrategy strategy = null, object reply = null, Func<object, bool> finalStop = null) => new()
    {
        OnFailure = OnFailure,
        ChildProps = ChildProps,
        ChildName = ChildName,
        MinBackoff = MinBackoff,
        MaxBackoff = MaxBackoff,
        RandomFactor = RandomFactor,
        Reset = reset ?? Reset,
        Strategy = strategy ?? Strategy,
        ReplyWhileStopped = reply ?? ReplyWhileStopped,
        FinalStopMessage = finalStop ?? FinalStopMessage,
    };
}
