using Confluent.Kafka;

namespace GokaAkka.Integration.Tests.Contract;

/// <summary>Producers on Confluent.Kafka where brokers and callers get in the way.</summary>
public sealed class ProducerFaultTests : KafkaClientContract
{
    readonly Cluster _cluster;

    public ProducerFaultTests() => _cluster = Open(new Cluster());

    protected override IKafkaClient Client => _cluster.Client;

    [Fact]
    public void Records_sent_while_the_broker_is_away_must_arrive_once_and_in_order_when_it_is_back()
    {
        Send(Producer, Topic, 0, "k", "0", Deliveries, 0);
        Producer.Flush(Patience).ShouldBeTrue();
        _cluster.Broker.BrokerDown();
        for (var i = 1; i < 100; i++)
            Send(Producer, Topic, 0, "k", $"{i}", Deliveries, i);
        Producer.Flush(TimeSpan.FromMilliseconds(200)).ShouldBeFalse("nobody is there to take them");

        _cluster.Broker.BrokerUp();

        Producer.Flush(Patience).ShouldBeTrue();
        Deliveries.All.ShouldBe(Enumerable.Range(0, 100).Select(i => (i, (long)i, (KafkaFault?)null)));
    }

    [Fact]
    public void A_producer_that_is_of_no_more_use_must_say_so_once_and_refuse_records()
    {
        var topic = Topic;
        _cluster.Broker.FailRequests(KafkaApi.InitProducerId, ErrorCode.ClusterAuthorizationFailed);

        var failures = new FailureLog(Producer);

        failures.AwaitOne(Patience);
        Should.Throw<KafkaFaultException>(() => Send(Producer, topic, 0, "k", "v")).Fault.Kind.ShouldNotBe(FaultKind.Retriable);
        Producer.Flush(Patience).ShouldBeTrue();
        failures.All.Single().Kind.ShouldBe(FaultKind.Fatal);
    }

    [Fact]
    public void A_refusal_by_the_broker_must_be_told_for_its_record_and_harm_no_later_one()
    {
        Send(Producer, Topic, 0, "k", "0", Deliveries, 0);
        Producer.Flush(Patience).ShouldBeTrue();
        _cluster.Broker.FailRequests(KafkaApi.Produce, ErrorCode.InvalidRecord);

        Send(Producer, Topic, 0, "k", "refused", Deliveries, 1);
        Producer.Flush(Patience).ShouldBeTrue();

        Deliveries.All[1].Token.ShouldBe(1);
        Deliveries.All[1].Fault!.ShouldSatisfyAllConditions(
            f => f.Kind.ShouldBe(FaultKind.Record), f => f.Code.ShouldBe(nameof(ErrorCode.InvalidRecord)));
        Should.NotThrow(() => Send(Producer, Topic, 0, "k", "2", Deliveries, 2));
        Producer.Flush(Patience).ShouldBeTrue();
        Deliveries.All[2].ShouldBe((2, 1L, null));
    }

    [Fact]
    public void A_listener_that_throws_must_end_the_producer_and_not_the_process()
    {
        var failures = new FailureLog(Producer);

        Send(Producer, Topic, 0, "k", "1", new CallingListener(() => throw new InvalidOperationException("broken listener")));
        Send(Producer, Topic, 0, "k", "2", Deliveries, 2);

        Producer.Flush(Patience).ShouldBeTrue();
        failures.AwaitOne(Patience);
        failures.All.Single().Reason.ShouldContain("broken listener");
        Deliveries.All.Select(d => d.Token).ShouldBe([2]);
    }

    [Fact]
    public void A_producer_must_be_disposable_again_and_by_its_listener_and_refuse_calls_then()
    {
        var producer = Client.CreateProducer(new ProducerOptions("producer"));
        var disposed = new ManualResetEventSlim();
        Send(producer, Topic, 0, "k", "v", new CallingListener(() =>
        {
            producer.Dispose();
            disposed.Set();
        }));
        disposed.Wait(Patience).ShouldBeTrue();

        producer.Dispose();

        Should.Throw<ObjectDisposedException>(() => Send(producer, Topic, 0, "k", "v"));
        Should.Throw<ObjectDisposedException>(producer.BeginTransaction);
    }

    [Fact]
    public async Task Disposing_must_tell_all_that_was_not_delivered_and_end_a_flush_while_no_broker_answers()
    {
        var producer = Client.CreateProducer(new ProducerOptions("producer"));
        Send(producer, Topic, 0, "k", "v");
        producer.Flush(Patience).ShouldBeTrue();
        _cluster.Broker.BrokerDown();
        for (var i = 0; i < 10; i++)
            Send(producer, Topic, 0, "k", "v", Deliveries, i);
        var flushed = Task.Run(() => producer.Flush(TimeSpan.FromMinutes(5)));

        producer.Dispose();

        Deliveries.Await("faults", Patience, () => Deliveries.Faults.Count == 10);
        Deliveries.Faults.ShouldAllBe(f => f.Kind == FaultKind.Retriable);
        await flushed.WaitAsync(Patience);
        Should.Throw<ObjectDisposedException>(() => Send(producer, Topic, 0, "k", "v"));
    }
}
