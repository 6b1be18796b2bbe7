namespace GokaAkka.Tests.Graph;

public sealed class GraphRulesTests
{
    [Fact]
    public void Suffixes_of_the_graph_are_guarded_like_the_usual_ones_and_those_are_names_like_any_other_then() =>
        Problems("g", g => g.TableSuffix("-state").Input("g-table", Codec.String, (_, _) => { }).Input("g-state", Codec.String, (_, _) => { }).Persist(Codec.Int64))
            .ShouldBe(["Input 'g-state' is the group's own table; declare it with Persist and write to it with SetValue."]);

    [Fact]
    public void Every_problem_is_reported_at_once()
    {
        var error = Should.Throw<GraphException>(() => GroupGraph.Define<long>("g", g => g
            .Loop(Codec.String, (_, _) => { })
            .Loop(Codec.String, (_, _) => { })
            .Persist(Codec.Int64)
            .Persist(Codec.Int64)
            .Output("g-loop", Codec.String)
            .Output("g-table", Codec.String)
            .Output("a b", Codec.String)
            .Output("out", Codec.String)
            .Output("out", Codec.String)
            .Output("null", (ICodec<string>)null!)));

        error.Problems.ShouldBe(
        [
            "There are 2 Persist edges; a group has at most one group table.",
            "There are 2 Loop edges; a group has at most one loop stream.",
            "There is no Input edge; a group consumes at least one input stream (the loop is not one).",
            "Output 'g-loop' is the group's own loop stream; consume it with Loop and write to it with Loopback.",
            "Output 'g-table' is the group's own table; declare it with Persist and write to it with SetValue.",
            "Output topic 'a b' contains ' '; Kafka allows letters, digits, '.', '_' and '-'.",
            "Output 'null' has no codec.",
            "Output 'out' is there twice.",
        ]);
        error.Message.ShouldBe("Group graph 'g' has 8 problems:\n" + string.Join('\n', error.Problems.Select(p => "  - " + p)));
    }

    [Theory]
    [InlineData("", "The group's name is empty; give the consumer group's id.")]
    [InlineData("a/b", "The group's name 'a/b' contains '/'; Kafka allows letters, digits, '.', '_' and '-'.")]
    [InlineData("..", "The group's name '..' is not a legal topic name.")]
    public void A_group_needs_a_name_that_topics_can_have(string group, string expected) =>
        Problems(group, g => g.Input("in", Codec.String, (_, _) => { })).ShouldBe([expected]);

    [Theory]
    [InlineData("", "Input topic '' is empty.")]
    [InlineData(".", "Input topic '.' is not a legal topic name.")]
    [InlineData("ü", "Input topic 'ü' contains 'ü'; Kafka allows letters, digits, '.', '_' and '-'.")]
    public void An_input_needs_a_legal_name(string topic, string expected) =>
        Problems("g", g => g.Input(topic, Codec.String, (_, _) => { })).ShouldBe([expected]);

    [Fact]
    public void A_name_longer_than_Kafka_allows_is_a_problem()
    {
        Problems("g", g => g.Input(new string('x', 250), Codec.String, (_, _) => { }))
            .Single().ShouldEndWith("has 250 characters; Kafka allows 249.");
        GroupGraph.Define("g", g => g.Input(new string('x', 249), Codec.String, (_, _) => { })).ShouldNotBeNull();
    }

    [Fact]
    public void A_topic_is_consumed_once() =>
        Problems("g", g => g.Input("in", Codec.String, (_, _) => { }).Input("in", Codec.Int64, (_, _) => { }))
            .ShouldBe(["Input 'in' is there twice; a topic has exactly one callback per group."]);

    [Fact]
    public void A_single_problem_is_told_in_the_singular() =>
        Should.Throw<GraphException>(() => GroupGraph.Define("g", _ => { })).Message.ShouldStartWith("Group graph 'g' has 1 problem:\n  - ");

    static IReadOnlyList<string> Problems(string group, Action<GroupGraphBuilder<long>> define) =>
        Should.Throw<GraphException>(() => GroupGraph.Define(group, define)).Problems;
}
