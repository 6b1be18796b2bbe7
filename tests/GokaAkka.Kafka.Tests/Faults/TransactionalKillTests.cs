namespace GokaAkka.RealKafka.Faults;

/// <summary>As <see cref="Kills"/> elsewhere, on brokers that keep what transactions commit and hide what they abort.</summary>
[Collection(FaultsCollection.Name)]
public sealed class TransactionalKillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Each_message_must_count_exactly_once_when_processes_are_killed_over_and_over() => (await Kills.Count("exactly-once", output)).ExactlyOnce();
}
