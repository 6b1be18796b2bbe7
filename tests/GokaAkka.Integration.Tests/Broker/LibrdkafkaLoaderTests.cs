using System.Runtime.InteropServices;
using GokaAkka.Kafka.Native;

namespace GokaAkka.Integration.Tests.Broker;

public sealed class LibrdkafkaLoaderTests
{
    [Fact]
    public void The_library_must_be_one_for_all_names_and_threads()
    {
        var found = new IntPtr[16];
        Parallel.For(0, found.Length, i =>
        {
            LibrdkafkaLoader.EnsureLoaded();
            var name = i % 2 == 0 ? LibrdkafkaLoader.Name : "centos7-librdkafka";
            found[i] = LibrdkafkaLoader.Resolve(name, typeof(LibrdkafkaLoaderTests).Assembly, null);
        });

        found.Distinct().Count().ShouldBe(1);
        NativeLibrary.TryGetExport(found[0], "rd_kafka_version", out _).ShouldBeTrue();
    }

    [Fact]
    public void Other_libraries_must_be_left_to_the_runtime() =>
        LibrdkafkaLoader.Resolve("libsqlite", typeof(LibrdkafkaLoaderTests).Assembly, null).ShouldBe(IntPtr.Zero);

    [Theory]
    [InlineData("librdkafka", "librdkafka.so.1", "librdkafka")]
    [InlineData("alpine-librdkafka", "librdkafka.so.1", "alpine-librdkafka")]
    [InlineData("librdkafka.so.1", "librdkafka.so.1", "librdkafka.so.1")]
    public void The_packages_library_must_come_before_the_systems(string one, string other, string expected)
    {
        string? loaded = null;

        LibrdkafkaLoader.Find(name =>
        {
            loaded = name;
            return name == one || name == other ? 1 : 0;
        }).ShouldBe(1);

        loaded.ShouldBe(expected);
    }

    [Fact]
    public void A_library_that_is_nowhere_must_be_missed_in_one_line_that_says_what_to_install()
    {
        var missing = Should.Throw<DllNotFoundException>(() => LibrdkafkaLoader.Find(_ => 0));

        missing.Message.ShouldContain("apt-get install librdkafka1");
        missing.Message.ShouldNotContain("\n");
    }
}
