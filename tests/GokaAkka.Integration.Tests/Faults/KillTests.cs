namespace GokaAkka.Integration.Tests.Faults;

/// <summary>Processes that are killed over and over; with exactly-once delivery on Apache Kafka, where offsets of transactions are kept.</summary>
[Collection(FaultsCollection.Name)]
public sealed class KillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task No_message_must_be_lost_when_processes_are_killed_over_and_over() => (await Kills.Count("at-least-once", output)).NothingLost();
}
