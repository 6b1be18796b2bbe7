namespace GokaAkka.Integration.Tests.Restore;

/// <summary>A view on the real client, whose broker goes away and comes back.</summary>
[Collection(RestoreCollection.Name)]
public sealed class ViewOutageTests : IDisposable
{
    readonly EmbeddedBroker _broker = EmbeddedBroker.Start();

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task A_view_must_say_that_it_is_reconnecting_and_serve_on_while_its_broker_is_away_and_say_when_it_is_back()
    {
        _broker.CreateTopic("words", 4);
        await using var node = new Node(_broker, new MemoryStorageProvider(), """
            goka.view { check-interval = 100ms, check-timeout = 500ms }
            goka.kafka.client { reconnect.backoff.ms = 20, reconnect.backoff.max.ms = 200 }
            """);
        await using var emitter = node.Goka.Emitter("words", Codec.String);
        await emitter.Emit("k", "before").WaitAsync(Node.Patience);
        await using var view = node.Goka.View("words", Codec.String);
        await view.Ready.WaitAsync(Node.Patience);

        for (var outage = 0; outage < 2; outage++)
        {
            // Nobody writes meanwhile: the client itself has nothing to tell when the broker is back.
            _broker.BrokerDown();
            await view.WaitForState(ViewState.Reconnecting).WaitAsync(Node.Patience);
            view.Get("k").ShouldBe("before");
            _broker.BrokerUp();
            await view.WaitForState(ViewState.Running).WaitAsync(Node.Patience);
        }

        var written = await emitter.Emit("k", "after").WaitAsync(Node.Patience);
        await view.WaitFor(written.Partition, written.Offset).WaitAsync(Node.Patience);
        (view.State, view.Get("k")).ShouldBe((ViewState.Running, "after"));
    }
}
