namespace GokaAkka.RealKafka.Faults;

/// <summary>Members of a group that are stopped and started in turn: the coordinator takes what each commits while the others are waiting for it.</summary>
[Collection(FaultsCollection.Name)]
public sealed class GroupStopTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("at-least-once")]
    [InlineData("exactly-once")]
    public async Task Stopping_and_starting_under_load_must_neither_lose_nor_repeat_a_message(string delivery) =>
        (await Stops.StopAndStart(delivery, places: 2, output)).ExactlyOnce();
}
