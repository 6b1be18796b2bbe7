namespace GokaAkka.Tests.Actors;

public sealed class ViewConnectionTests
{
    readonly ViewConnection _connection = new();

    [Fact]
    public void Answers_change_nothing_while_none_is_missed()
    {
        _connection.Answer([5, 5]).ShouldBeFalse();

        (_connection.IsLost, _connection.IsBehind).ShouldBe((false, false), "what comes in the ordinary way is not waited for");
    }

    [Fact]
    public void A_missed_answer_is_told_once_and_so_is_the_next_that_comes()
    {
        _connection.Lose().ShouldBeTrue();
        _connection.Lose().ShouldBeFalse();
        _connection.IsLost.ShouldBeTrue();

        _connection.Answer([1]).ShouldBeTrue();
        _connection.Answer([1]).ShouldBeFalse();
        _connection.IsLost.ShouldBeFalse();
    }

    [Fact]
    public void What_was_written_meanwhile_is_waited_for_in_every_partition()
    {
        _connection.Lose();
        _connection.Answer([3, 7]);

        Advance(3, 6).ShouldBeTrue();
        Advance(2, 7).ShouldBeTrue();
        Advance(3, 7).ShouldBeFalse();
        _connection.Answer([10, 10]);
        Advance(3, 7).ShouldBeFalse("it follows again");
    }

    [Fact]
    public void What_is_gone_is_not_waited_for()
    {
        _connection.Lose();
        _connection.Answer([100]);
        Advance(40).ShouldBeTrue();

        _connection.Answer([30]);

        Advance(40).ShouldBeFalse();
    }

    [Fact]
    public void Another_loss_begins_anew()
    {
        _connection.Lose();
        _connection.Answer([100]);
        _connection.Lose().ShouldBeTrue();

        (_connection.IsLost, _connection.IsBehind).ShouldBe((true, false));
    }

    bool Advance(params long[] next)
    {
        _connection.Advance(i => next[i]);
        return _connection.IsBehind;
    }
}
