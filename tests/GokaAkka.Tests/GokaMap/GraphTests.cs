namespace GokaAkka.Tests.GokaMap;

/// <summary>goka's edges and what a graph tells of them.</summary>
public sealed class GraphTests
{
    static readonly GroupGraph<long> Full = GroupGraph.Define<long>("g", g => g
        .Input("in", Codec.String, (_, _) => { })
        .Inputs(["a", "b"], Codec.Int64, (_, _) => { })
        .InputBatch("batches", Codec.String, (_, _) => default)
        .Output("out", Codec.Bytes)
        .Join("joined", Codec.String)
        .Lookup("looked-up", Codec.String)
        .Visitor<string>("look", (_, _) => { })
        .Loop(Codec.String, (_, _) => { })
        .Persist(Codec.Int64));

    [Fact]
    public void A_graph_names_what_it_is_connected_with()
    {
        Full.Group.ShouldBe("g");
        Full.InputStreams.ShouldBe(["in", "a", "b", "batches"]);
        Full.Inputs.Select(i => i.Topic).ShouldBe([.. Full.InputStreams, "g-loop"]);
        Full.OutputStreams.ShouldBe(["out"]);
        Full.JointTables.ShouldBe(["joined"]);
        Full.LookupTables.ShouldBe(["looked-up"]);
        Full.Visitors.ShouldBe(["look"]);
        Full.LoopStream.ShouldBe("g-loop");
        Full.GroupTable.ShouldBe("g-table");
        Full.Table.Name.ShouldBe("g-table");
        Full.Table.Codec.ShouldBe(Codec.Int64);
    }

    [Fact]
    public void Every_edge_tells_its_kind_topic_type_and_codec()
    {
        Full.AllEdges.Select(e => $"{e.Kind} {e.MessageType.Name} {e}").ShouldBe(
        [
            "Input String in/StringCodec", "Input Int64 a/Int64Codec", "Input Int64 b/Int64Codec", "Input String batches/StringCodec",
            "Output Byte[] out/BytesCodec", "Join String joined/StringCodec", "Lookup String looked-up/StringCodec", "Visitor String visitor look",
            "Loop String loop: g-loop/StringCodec", "Persist Int64 g-table/Int64Codec",
        ]);
    }

    [Fact]
    public void A_graph_without_loop_and_table_has_none()
    {
        var graph = GroupGraph.Define("g", g => g.Input("in", Codec.String, (_, _) => { }));
        graph.LoopStream.ShouldBeNull();
        graph.GroupTable.ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => graph.Table)
            .Message.ShouldBe("Group 'g' is stateless: its graph has no Persist edge, so there is no table.");
    }

    [Fact]
    public void Inputs_without_a_topic_are_a_problem_and_not_nothing() =>
        Should.Throw<GraphException>(() => GroupGraph.Define("g", g => g.Inputs([], Codec.String, (_, _) => { })))
            .Problems.ShouldContain("Inputs was given no topic; give at least one.");

    [Fact]
    public void Suffixes_are_the_graphs_own()
    {
        var graph = GroupGraph.Define<long>("g", g => g
            .Input("in", Codec.String, (_, _) => { }).Loop(Codec.String, (_, _) => { }).Persist(Codec.Int64)
            .TableSuffix("-state").LoopSuffix("-again"));
        graph.GroupTable.ShouldBe("g-state");
        graph.LoopStream.ShouldBe("g-again");
        Full.GroupTable.ShouldBe("g-table");
    }

    [Fact]
    public void A_topic_may_be_read_and_joined_and_written_with_another_codec_each()
    {
        var graph = GroupGraph.Define<long>("g", g => g
            .Input("t", Codec.String, (_, _) => { }).Join("t", Codec.Bytes).Output("t", Codec.Int64));
        graph.AllEdges.Select(e => e.CodecName).ShouldBe(["StringCodec", "BytesCodec", "Int64Codec"]);
    }

    [Fact]
    public void A_graph_is_described_as_text_and_drawn_in_dot_and_mermaid()
    {
        var text = Full.Describe();
        var dot = Full.ToDot();
        var mermaid = Full.ToMermaid();

        text.ShouldStartWith("group g\n");
        foreach (var edge in Full.AllEdges)
            text.ShouldContain(edge.Topic);
        dot.ShouldStartWith("digraph \"g\" {");
        dot.ShouldContain("\"in\" -> \"g\"");
        dot.ShouldContain("\"g\" -> \"out\"");
        dot.ShouldContain("\"g-loop\" -> \"g\"");
        dot.ShouldContain("\"g\" -> \"g-loop\"");
        dot.Count(c => c == '{').ShouldBe(dot.Count(c => c == '}'));
        mermaid.ShouldStartWith("flowchart LR\n");
        mermaid.ShouldContain("-- input -->");
        mermaid.ShouldContain("[(\"g-table\")]");
    }
}
