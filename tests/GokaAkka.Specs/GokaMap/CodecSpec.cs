namespace GokaAkka.Specs.GokaMap;

/// <summary>Codecs on their way through a processor.</summary>
public sealed class CodecSpec(ITestOutputHelper output) : MapSpec(output)
{
    [Fact]
    public async Task Every_built_in_codec_must_carry_values_from_an_emitter_through_a_table_to_a_view()
    {
        await Carry("bytes", Codec.Bytes, new byte[] { 0, 0xff }, [0, 0xff]);
        await Carry("text", Codec.String, "Zürich", Utf8("Zürich"));
        await Carry("integer", Codec.Int64, -42L, Utf8("-42"));
        await Carry("json", Codec.Json<Point>(), new Point(1, 2), Utf8("""{"X":1,"Y":2}"""));
    }

    [Fact]
    public async Task A_value_that_does_not_encode_must_fail_its_record_and_write_nothing()
    {
        var processor = await Running(GroupGraph.Define("g", g => g
            .Input("in", Codec.String, (ctx, _) =>
            {
                ctx.Emit("out", ctx.Key, "fine");
                ctx.Emit("out", ctx.Key, "\ud800");
            }, new InputOptions { Errors = Processing.ErrorPolicy.Skip })
            .Output("out", Codec.String)));

        Kafka.Append("in", 0, "k", "v");
        AwaitCommitted("g", "in", 0, 1);

        Kafka.Read("out").ShouldBeEmpty();
        processor.Partitions[0].Skipped.ShouldBe(1);
    }

    async Task Carry<T>(string name, ICodec<T> codec, T value, byte[] bytes)
    {
        Kafka.CreateTopic($"{name}-in");
        var graph = GroupGraph.Define<T>(name, g => g.Input($"{name}-in", codec, (ctx, message) => ctx.SetValue(message)).Persist(codec));
        var processor = await Running(graph);
        await using var emitter = Goka.Emitter($"{name}-in", codec);
        await emitter.Emit("k", value).WaitAsync(Patience);
        AwaitCommitted(name, $"{name}-in", 0, 1);
        await using var view = await Goka.View(graph.Table).Running();

        Kafka.Read($"{name}-table").Single().Value.ShouldBe(bytes);
        (await processor.Get("k")).ShouldBeEquivalentTo(value);
        view.Get("k").ShouldBeEquivalentTo(value);
    }

    sealed record Point(int X, int Y);
}
