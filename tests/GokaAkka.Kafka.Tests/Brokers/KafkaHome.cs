namespace GokaAkka.RealKafka.Brokers;

/// <summary>Apache Kafka as it is on this machine: the folder that <c>GOKA_KAFKA_HOME</c> names, with the jars in lib or libs, and Java.</summary>
static class KafkaHome
{
    public const string Variable = "GOKA_KAFKA_HOME";

    /// <summary>The folder, or null where none is named.</summary>
    public static string? Folder { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;

    public static string Java { get; } = Environment.GetEnvironmentVariable("JAVA_HOME") is { Length: > 0 } home ? Path.Combine(home, "bin", "java") : "java";

    /// <summary>Arguments of Java that run a class of Kafka's. What matters on a small machine is how soon it starts.</summary>
    /// <exception cref="InvalidOperationException">There is no Kafka.</exception>
    public static string[] Run(string main, params string[] arguments)
    {
        if (Folder is null)
            throw new InvalidOperationException($"Brokers cannot be started: {Variable} is not set. Set it to a folder with Apache Kafka's jars in lib or libs.");
        var jars = new[] { "libs", "lib" }.Select(l => Path.Combine(Folder, l)).FirstOrDefault(l => Directory.Exists(l) && Directory.GetFiles(l, "kafka_2*.jar").Length > 0)
            ?? throw new InvalidOperationException($"{Variable} = '{Folder}': expected Apache Kafka's jars in lib or libs there, found no kafka_2*.jar in either.");
        return
        [
            "-Xms128m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Dorg.slf4j.simpleLogger.showDateTime=true", "-cp", Path.Combine(jars, "*"), main, .. arguments,
        ];
    }
}
