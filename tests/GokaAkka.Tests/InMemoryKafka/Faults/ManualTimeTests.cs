namespace GokaAkka.Testing.Tests;

public sealed class ManualTimeTests
{
    readonly ManualTime _time = new();
    readonly List<(string Timer, TimeSpan At)> _struck = [];

    [Fact]
    public void Timers_must_strike_in_the_order_of_their_times_at_their_times()
    {
        using var late = Timer("late", 20, Timeout.Infinite);
        using var early = Timer("early", 10, Timeout.Infinite);

        _time.Advance(TimeSpan.FromMilliseconds(19));
        _struck.ShouldBe([("early", TimeSpan.FromMilliseconds(10))]);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        _struck[^1].ShouldBe(("late", TimeSpan.FromMilliseconds(20)));
        Elapsed.ShouldBe(TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public void A_periodic_timer_must_strike_every_time_and_not_after_it_is_disposed()
    {
        var timer = Timer("tick", 10, 10);
        _time.Advance(TimeSpan.FromMilliseconds(35));
        _struck.Select(s => s.At.TotalMilliseconds).ShouldBe([10, 20, 30]);

        timer.Dispose();
        _time.Advance(TimeSpan.FromMilliseconds(100));

        _struck.Count.ShouldBe(3);
    }

    [Fact]
    public void A_jump_of_the_wall_clock_must_not_be_noticed_by_timers()
    {
        using var timer = Timer("timer", 10, Timeout.Infinite);
        var before = _time.GetUtcNow();

        _time.JumpWallClock(TimeSpan.FromHours(-1));

        (_struck.Count, Elapsed).ShouldBe((0, TimeSpan.Zero));
        _time.GetUtcNow().ShouldBe(before.AddHours(-1));
    }

    [Fact]
    public async Task A_delay_must_end_when_its_time_has_come()
    {
        var delay = Task.Delay(TimeSpan.FromHours(1), _time);
        _time.Advance(TimeSpan.FromMinutes(59));
        delay.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromMinutes(1));

        await delay;
    }

    TimeSpan Elapsed => _time.GetElapsedTime(0);

    ITimer Timer(string name, int due, int period) => _time.CreateTimer(
        _ => _struck.Add((name, Elapsed)), null, TimeSpan.FromMilliseconds(due), TimeSpan.FromMilliseconds(period));
}
