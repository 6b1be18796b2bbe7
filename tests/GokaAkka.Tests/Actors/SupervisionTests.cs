using GokaAkka.Processing.Transactions;
using GokaAkka.Runtime;
namespace GokaAkka.Tests.Actors;

public sealed class SupervisionTests
{
    readonly ManualTime _time = new();

    [Fact]
    public void A_trouble_is_told_once_when_it_begins_and_once_when_it_ends()
    {
        var told = new List<string>();
        var board = new TroubleBoard(_time) { Began = t => told.Add($"+{t.What}"), Ended = (t, lasted) => told.Add($"-{t.What} {lasted.TotalSeconds}") };

        board.Meet("a", "first");
        _time.Advance(TimeSpan.FromSeconds(3));
        board.Meet("a", "second");
        board.Meet("b", "other");
        board.Current.Select(t => $"{t.What}: {t.Reason}").ShouldBe(["a: second", "b: other"]);
        board.End("a");
        board.End("a");

        told.ShouldBe(["+a", "+b", "-a 3"]);
        board.Current.ShouldHaveSingleItem().Since.ShouldBe(_time.GetUtcNow());
    }

    [Fact]
    public void A_trouble_that_lasts_is_told_again_each_minute()
    {
        var told = new List<string>();
        var board = new TroubleBoard(_time) { Lasts = (t, lasted) => told.Add($"{t.What} {lasted.TotalSeconds}: {t.Reason}") };

        for (var i = 0; i <= 150; i++)
        {
            board.Meet("a", $"attempt {i}");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        told.ShouldBe(["a 60: attempt 60", "a 120: attempt 120"]);
    }

    [Fact]
    public void Pauses_grow_to_the_longest_with_jitter_and_start_over_after_a_success()
    {
        var board = new TroubleBoard(_time);
        var persistence = new Persistence(board, "it", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8), new NodeRuntime(_time));

        for (var i = 0; i < 100; i++)
        {
            var expected = Math.Min(8, Math.Pow(2, i));
            persistence.Failed(new TimeoutException("away")).TotalSeconds.ShouldBeInRange(expected * 0.75, expected * 1.25);
        }

        board.Current.ShouldHaveSingleItem().Reason.ShouldBe("away");
        persistence.Succeeded();
        board.Current.ShouldBeEmpty();
        persistence.Failed(new TimeoutException()).TotalSeconds.ShouldBeInRange(0.75, 1.25);
    }

    [Fact]
    public void Brokers_that_are_back_are_noticed_within_seconds_however_long_they_were_away()
    {
        var persistence = new Persistence(null, "it", TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30), new NodeRuntime(_time));

        for (var i = 0; i < 20; i++)
            persistence.Failed(new DeliveryException("in", 0, 1, Fault(FaultKind.Retriable))).TotalSeconds.ShouldBeLessThanOrEqualTo(2.5);
        persistence.Failed(Fault(FaultKind.Permanent)).TotalSeconds.ShouldBeGreaterThan(20);
    }

    [Theory]
    [InlineData(FaultKind.Permanent)]
    [InlineData(FaultKind.Fatal)]
    public async Task What_is_wrong_for_good_is_not_asked_again(FaultKind kind)
    {
        var calls = 0;
        var persistence = new Persistence(null, "it", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8), new NodeRuntime(_time));

        await Should.ThrowAsync<KafkaFaultException>(() => persistence.Ask<int>(
            () =>
            {
                calls++;
                throw Fault(kind);
            },
            CancellationToken.None));

        calls.ShouldBe(1);
    }

    [Fact]
    public void Acknowledgements_are_missed_only_while_none_comes()
    {
        var watch = new AckWatch();

        watch.Look(Seconds(0), inFlight: 0, progressed: false).ShouldBe(Seconds(0));
        watch.Look(Seconds(10), 5, false).ShouldBe(Seconds(0), "sent since the last look");
        watch.Look(Seconds(15), 9, false).ShouldBe(Seconds(5));
        watch.Look(Seconds(16), 8, false).ShouldBe(Seconds(0), "one came");
        watch.Look(Seconds(20), 20, true).ShouldBe(Seconds(0), "as many came as were sent");
        watch.Look(Seconds(30), 20, false).ShouldBe(Seconds(10));
        watch.Look(Seconds(31), 0, true).ShouldBe(Seconds(0));
        watch.Look(Seconds(99), 0, false).ShouldBe(Seconds(0));
    }

    [Fact]
    public void Failures_pass_when_brokers_may_be_back_any_moment_and_never_when_the_callback_threw_them()
    {
        var away = Fault(FaultKind.Retriable);

        ErrorRules.IsPassing(away).ShouldBeTrue();
        ErrorRules.IsPassing(new DeliveryException("in", 0, 1, away)).ShouldBeTrue();
        ErrorRules.IsPassing(Record(ProcessingStage.Emit, away)).ShouldBeTrue();
        ErrorRules.IsPassing(new DeadLetterException("dlq", Record(ProcessingStage.Callback, new InvalidDataException()), away)).ShouldBeTrue();
        ErrorRules.IsPassing(Record(ProcessingStage.Emit, Fault(FaultKind.Permanent))).ShouldBeTrue("a permission may be granted");
        ErrorRules.IsPassing(new DeliveryException("in", 0, 1, Fault(FaultKind.Permanent))).ShouldBeTrue();
        ErrorRules.IsPassing(new TransactionException("fenced")).ShouldBeTrue();
        ErrorRules.IsPassing(Record(ProcessingStage.Callback, away)).ShouldBeFalse();
        ErrorRules.IsPassing(Record(ProcessingStage.Emit, Fault(FaultKind.Record))).ShouldBeFalse();
        ErrorRules.IsPassing(new DeliveryException("in", 0, 1, Fault(FaultKind.Record))).ShouldBeFalse();
        ErrorRules.IsPassing(new InvalidOperationException("defect")).ShouldBeFalse();
    }

    static RecordException Record(ProcessingStage stage, Exception cause) => new("group", "in", 0, 1, "k", stage, cause);

    static KafkaFaultException Fault(FaultKind kind) => new("Not sent", new KafkaFault("Code", "reason", kind));

    static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}
