namespace GokaAkka.Specs.GokaMap;

/// <summary>Input records without a value. goka's <c>WithNilHandling</c>.</summary>
public sealed class NullValueSpec(ITestOutputHelper output) : MapSpec(output)
{
    [Fact]
    public async Task Null_values_must_be_passed_over_and_committed_by_default() => (await Consume(null)).ShouldBe(["a", ""]);

    [Fact]
    public async Task Null_values_must_reach_the_callback_undecoded_where_that_is_asked_for() => (await Consume(NullHandling.Process)).ShouldBe([null, "a", ""]);

    [Fact]
    public async Task Null_values_must_be_decoded_from_no_bytes_where_that_is_asked_for() => (await Consume(NullHandling.Decode)).ShouldBe(["", "a", ""]);

    async Task<List<string?>> Consume(NullHandling? nulls)
    {
        var seen = new List<string?>();
        await Running(GroupGraph.Define("g", g => g.Input(
            "in", Codec.String, (_, value) => seen.Add(value), nulls is { } chosen ? new InputOptions { Nulls = chosen } : null)));
        Kafka.Append("in", 0, "k", (byte[]?)null);
        Kafka.Append("in", 0, "k", "a");
        // Empty is another thing than null.
        Kafka.Append("in", 0, "k", "");
        AwaitCommitted("g", "in", 0, 3);
        return seen;
    }
}
