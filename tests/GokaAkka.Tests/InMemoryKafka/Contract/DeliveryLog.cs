namespace GokaAkka.Testing.Tests;

/// <summary>Keeps what a delivery listener is told.</summary>
public sealed class DeliveryLog : Observed, IDeliveryListener
{
    readonly List<(int Token, long Offset, KafkaFault? Fault)> _all = [];

    public HashSet<int> Threads { get; } = [];

    public IReadOnlyList<(int Token, long Offset, KafkaFault? Fault)> All => Look(() => _all.ToArray());

    public IReadOnlyList<KafkaFault> Faults => Look(() => _all.Select(d => d.Fault).OfType<KafkaFault>().ToArray());

    public void Delivered(int token, long offset, KafkaFault? fault) => See(() =>
    {
        Threads.Add(Environment.CurrentManagedThreadId);
        _all.Add((token, offset, fault));
    });

    public override string ToString() => string.Join("; ", All);
}
