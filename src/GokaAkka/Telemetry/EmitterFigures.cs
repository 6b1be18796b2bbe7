namespace GokaAkka.Telemetry;

/// <summary>What the emitters of a topic have sent, together. Safe for concurrent use.</summary>
sealed class EmitterFigures(string topic)
{
    long _sent;
    long _settled;

    public string Topic { get; } = topic;

    /// <summary>Messages handed to the producer.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Those whose fate is not known yet.</summary>
    public long Pending => Math.Max(0, Sent - Interlocked.Read(ref _settled));

    public void Sending() => Interlocked.Increment(ref _sent);

    public void Settled() => Interlocked.Increment(ref _settled);
}
