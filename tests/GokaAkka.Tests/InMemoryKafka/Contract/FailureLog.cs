namespace GokaAkka.Testing.Tests;

/// <summary>Keeps what a producer says of its end.</summary>
public sealed class FailureLog : Observed
{
    readonly List<KafkaFault> _all = [];

    public FailureLog(IRecordProducer producer) => producer.Failed += fault => See(() => _all.Add(fault));

    public IReadOnlyList<KafkaFault> All => Look(() => _all.ToArray());

    /// <summary>Waits for the first one.</summary>
    public void AwaitOne(TimeSpan patience) => Await("failure", patience, () => _all.Count > 0);

    public override string ToString() => string.Join("; ", All);
}
