namespace GokaAkka.Tests.Records;

public sealed class RecordBatchTests
{
    [Fact]
    public void Records_keep_their_fields_through_growth()
    {
        using var batch = new RecordBatch("t", 3, 9, records: 1, bytes: 1);
        for (var i = 0; i < 300; i++)
            batch.Add(10 + i, 1000 + i, Encoding.UTF8.GetBytes($"key{i}"), Encoding.UTF8.GetBytes($"value{i}"), false);

        batch.Count.ShouldBe(300);
        (batch.Topic, batch.Partition, batch.Generation, batch.NextOffset).ShouldBe(("t", 3, 9, 310L));
        for (var i = 0; i < 300; i++)
        {
            (batch[i].Offset, batch[i].Timestamp).ShouldBe((10L + i, 1000L + i));
            Encoding.UTF8.GetString(batch.Key(i)).ShouldBe($"key{i}");
            Encoding.UTF8.GetString(batch.Value(i)).ShouldBe($"value{i}");
        }
    }

    [Fact]
    public void A_null_value_is_no_empty_value()
    {
        using var batch = new RecordBatch("t", 0, 0);
        batch.Add(0, 0, "a"u8, default, valueIsNull: true);
        batch.Add(1, 0, "b"u8, default, valueIsNull: false);

        (batch[0].ValueIsNull, batch[1].ValueIsNull).ShouldBe((true, false));
        (batch.Value(0).Length, batch.Value(1).Length).ShouldBe((0, 0));
    }

    [Fact]
    public void Records_with_and_without_headers_mix_in_any_order()
    {
        using var batch = new RecordBatch("t", 0, 0, records: 1);
        for (var i = 0; i < 200; i++)
            batch.Add(i, 0, default, default, false, i % 50 == 0 ? Headers.Of("n", $"{i}") : null);

        for (var i = 0; i < 200; i++)
            batch.Headers(i).GetString("n").ShouldBe(i % 50 == 0 ? $"{i}" : null);
    }

    [Fact]
    public void Disposing_twice_gives_the_buffers_back_once()
    {
        var batch = new RecordBatch("t", 0, 0);
        batch.Add(0, 0, "a"u8, "b"u8, false);

        batch.Dispose();
        batch.Dispose();

        batch.Count.ShouldBe(0);
    }
}
