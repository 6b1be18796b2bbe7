using GokaAkka.Samples.Churn;

namespace GokaAkka.Integration.Tests.Samples;

/// <summary>What a line of a change history may be.</summary>
public sealed class HistoryLineTests
{
    [Fact]
    public void A_line_must_be_taken_apart_with_the_path_to_the_byte()
    {
        byte[] path = [(byte)'a', 0xff, 0x0d, 0x00, (byte)' '];

        var line = HistoryLine.Parse([.. "1498682240\t406bc1fad\t3\t0\t"u8, .. path]);

        line.Path.ShouldBe(path);
        line.Change.ShouldBe(new Change(1498682240, "406bc1fad", 3, 0));
    }

    [Theory]
    [InlineData("1498682240\t406bc1fad\t3\t3", "found 4 columns")]
    [InlineData("1498682240\t406bc1fad\t3\t3\ta\tb", "found 6 columns")]
    [InlineData("1\t2\t3\t4\t5\t6\t7\t8", "found 8 columns")]
    [InlineData("", "found 1 column: \"\"")]
    [InlineData("now\t406bc1fad\t3\t3\ta", "expected a whole number from 0 on for time; found \"now\"")]
    [InlineData("1498682240\t\t3\t3\ta", "expected a commit in column 2; found nothing")]
    [InlineData("1498682240\t40 6b\t3\t3\ta", "expected a commit in column 2; found \"40 6b\"")]
    [InlineData("1498682240\t406bc1fad\t-\t3\ta", "expected a whole number from 0 on for lines added; found \"-\"")]
    [InlineData("1498682240\t406bc1fad\t3x\t3\ta", "expected a whole number from 0 on for lines added; found \"3x\"")]
    [InlineData("1498682240\t406bc1fad\t3\t-3\ta", "expected a whole number from 0 on for lines deleted; found \"-3\"")]
    [InlineData("1498682240\t406bc1fad\t3\t99999999999999999999\ta", "for lines deleted; found \"99999999999999999999\"")]
    [InlineData("1498682240\t406bc1fad\t3\t3\t", "expected a path in column 5; found nothing")]
    public void A_bad_line_must_be_refused_with_what_was_found_and_expected(string line, string message) =>
        Should.Throw<FormatException>(() => HistoryLine.Parse(Encoding.UTF8.GetBytes(line))).Message.ShouldContain(message);
}
