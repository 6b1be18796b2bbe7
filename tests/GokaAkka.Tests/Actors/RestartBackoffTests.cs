namespace GokaAkka.Tests.Actors;

public sealed class RestartBackoffTests
{
    static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Pauses_double_up_to_the_longest_and_end_with_giving_up()
    {
        var backoff = New(maxRestarts: 5);

        Enumerable.Range(0, 6).Select(_ => backoff.Next(Start)?.TotalSeconds).ShouldBe([1, 2, 4, 6, 6, null]);
        backoff.Count.ShouldBe(5);
    }

    [Fact]
    public void Failures_older_than_the_window_do_not_count()
    {
        var backoff = New(maxRestarts: 2);
        backoff.Next(Start);
        backoff.Next(Start.AddSeconds(50));

        backoff.Next(Start.AddSeconds(60)).ShouldBeNull();
        backoff.Next(Start.AddSeconds(61)).ShouldBe(TimeSpan.FromSeconds(2));
        backoff.Next(Start.AddSeconds(300)).ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Without_restarts_the_first_failure_is_the_last() => New(maxRestarts: 0).Next(Start).ShouldBeNull();

    [Fact]
    public void Very_many_restarts_keep_the_longest_pause()
    {
        var backoff = New(maxRestarts: int.MaxValue);
        for (var i = 0; i < 2000; i++)
            backoff.Next(Start);

        backoff.Next(Start).ShouldBe(TimeSpan.FromSeconds(6));
    }

    static RestartBackoff New(int maxRestarts) => new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6), maxRestarts, TimeSpan.FromSeconds(60));
}
