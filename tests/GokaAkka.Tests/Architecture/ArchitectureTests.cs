namespace GokaAkka.Tests.Architecture;

public sealed class ArchitectureTests
{
    // Arrows point downwards only: these rooms know neither actors nor the Kafka client, nor the rooms above them.
    static readonly string[] Core = ["Processing", "Tables", "Storage", "Graph", "Codecs", "Records", "Tracing"];
    static readonly string[] Forbidden = ["Akka.", "Confluent.", "GokaAkka.Actors.", "GokaAkka.Kafka.Confluent.", "GokaAkka.Kafka.Polling."];

    [Fact]
    public void The_core_knows_neither_Akka_nor_the_Kafka_client()
    {
        using var use = new TypeUse(typeof(PartitionTask<>).Assembly.Location);
        var all = use.All();

        var wrong = all.Where(u => IsCore(u.Key)).SelectMany(u => u.Where(IsForbidden).Select(f => $"{u.Key} uses {f}"));

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_looked_into_would_show_it()
    {
        using var use = new TypeUse(typeof(PartitionTask<>).Assembly.Location);
        var all = use.All();

        all["GokaAkka.Actors.PartitionActor`1"].ShouldContain("Akka.Actor.ReceiveActor", "a base");
        all["GokaAkka.Actors.PartitionActor`1"].ShouldContain("Akka.Actor.PipeToSupport", "a call in a method");
        all["GokaAkka.Kafka.Confluent.ConfluentGroupConsumer"].ShouldContain("Confluent.Kafka.ConsumerBuilder`2", "an object made in a method");
        all["GokaAkka.Processing.PartitionTask`1"].ShouldContain("GokaAkka.Tables.PartitionTable`1", "a field");
        all.Count(u => IsCore(u.Key)).ShouldBeGreaterThan(40);
    }

    [Fact]
    public void Actors_and_the_polling_thread_take_time_threads_and_chance_from_their_runtime_alone()
    {
        string[] elsewhere =
            ["Task.Run(", "Task.Factory", "new Thread(", "Thread.Sleep(", "ThreadPool.", "TimeProvider.System", "DateTime.UtcNow", "DateTimeOffset.UtcNow", "Random.Shared"];
        string[] rooms = ["src/GokaAkka/Actors", "src/GokaAkka/Kafka/Polling", "src/GokaAkka/Processing", "src/GokaAkka/Tables"];
        // Threads are what an executor is about; what is never read needs no clock.
        string[] exempt = ["ParkingExecutor.cs", "UnreadableValues.cs"];

        var files = Sources().Where(f => rooms.Any(r => f.Path.StartsWith(r + "/", StringComparison.Ordinal)) && !exempt.Contains(Path.GetFileName(f.Path))).ToList();

        files.Count.ShouldBeGreaterThan(100);
        files.SelectMany(f => f.Lines.Where(l => elsewhere.Any(l.Contains)).Select(l => $"{f.Path}: {l.Trim()}")).ShouldBeEmpty();
    }

    /// <summary>They end the process where leaders become known while they are asked (NativeOffsets, NativeTopics say how), which happens too seldom for a test to show it.</summary>
    [Fact]
    public void Calls_of_the_admin_client_that_end_the_process_are_not_used()
    {
        string[] unsafeCalls = ["ListOffsetsAsync(", "DeleteRecordsAsync(", "DescribeTopicsAsync("];

        Sources().Where(static f => f.Path.StartsWith("src/", StringComparison.Ordinal))
            .SelectMany(f => f.Lines.Where(l => unsafeCalls.Any(l.Contains)).Select(l => $"{f.Path}: {l.Trim()}")).ShouldBeEmpty();
    }

    [Fact]
    public void No_source_file_has_more_than_500_lines()
    {
        var files = Sources().ToList();

        files.Count.ShouldBeGreaterThan(100);
        files.Where(f => f.Lines.Length > 500).Select(f => f.Path).ShouldBeEmpty();
    }

    static IEnumerable<(string Path, string[] Lines)> Sources()
    {
        var root = Repository.Root;
        return Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(f => !Path.GetRelativePath(root, f).Split(Path.DirectorySeparatorChar).Any(p => p is "obj" or "bin" || p.StartsWith('.')))
            .Select(f => (Path.GetRelativePath(root, f), File.ReadAllLines(f)));
    }

    static bool IsCore(string type) => Core.Any(room => type.StartsWith($"GokaAkka.{room}.", StringComparison.Ordinal));

    static bool IsForbidden(string type) => Forbidden.Any(f => type.StartsWith(f, StringComparison.Ordinal));
}
