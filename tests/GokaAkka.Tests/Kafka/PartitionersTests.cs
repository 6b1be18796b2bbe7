namespace GokaAkka.Tests.Kafka;

public sealed class PartitionersTests
{
    [Theory]
    [InlineData("", 10, 5)]
    [InlineData("a", 10, 6)]
    [InlineData("b", 10, 9)]
    [InlineData("key", 10, 8)]
    [InlineData("key1", 10, 3)]
    [InlineData("key2", 10, 2)]
    [InlineData("some-key", 10, 7)]
    [InlineData("alice", 10, 7)]
    [InlineData("bob", 10, 2)]
    [InlineData("user-1", 10, 6)]
    [InlineData("Zürich", 10, 2)]
    [InlineData("日本語", 10, 5)]
    [InlineData("hello world", 10, 9)]
    [InlineData("0", 10, 3)]
    [InlineData("02", 10, 3)]
    [InlineData("key1", 2, 1)]
    [InlineData("key2", 2, 0)]
    [InlineData("k12hlxfk", 10, 8)]
    public void Fnv1a_gives_gokas_partitions(string key, int partitions, int expected) =>
        Partitioners.Fnv1a.Partition(Encoding.UTF8.GetBytes(key), partitions).ShouldBe(expected);

    [Fact]
    public void Fnv1a_takes_keys_that_are_not_UTF_8() => Partitioners.Fnv1a.Partition([0xff, 0xfe], 10).ShouldBe(0);

    [Fact]
    public void The_key_whose_hash_is_the_least_number_has_a_partition_at_every_count()
    {
        for (var n = 1; n <= 1000; n++)
            Partitioners.Fnv1a.Partition("k12hlxfk"u8, n).ShouldBe((int)(Math.Abs((long)int.MinValue) % n), $"{n} partitions");
    }

    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void Murmur2_gives_the_hashes_of_Javas_client(string key, int hash)
    {
        foreach (var n in new[] { 1, 2, 7, 10, 100, int.MaxValue })
            Partitioners.Murmur2.Partition(Encoding.UTF8.GetBytes(key), n).ShouldBe((hash & 0x7fffffff) % n, $"{n} partitions");
    }

    [Fact]
    public void Random_keys_have_a_partition_within_range()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var key = new byte[random.Next(20)];
            random.NextBytes(key);
            var n = random.Next(1, 1001);
            Partitioners.Fnv1a.Partition(key, n).ShouldBeInRange(0, n - 1, $"seed {seed}");
            Partitioners.Murmur2.Partition(key, n).ShouldBeInRange(0, n - 1, $"seed {seed}");
        }
    }

    [Fact]
    public void A_partitioner_is_found_by_its_name_and_an_unknown_name_tells_the_known()
    {
        Partitioners.Named("fnv1a").ShouldBeSameAs(Partitioners.Fnv1a);
        Partitioners.Named("murmur2").ShouldBeSameAs(Partitioners.Murmur2);
        Partitioners.Fnv1a.Name.ShouldBe("fnv1a");
        Partitioners.Murmur2.Name.ShouldBe("murmur2");
        Should.Throw<ArgumentException>(() => Partitioners.Named("crc32"))
            .Message.ShouldStartWith("Unknown partitioner 'crc32'; known are 'fnv1a' (goka's) and 'murmur2' (Java's).");
    }
}
