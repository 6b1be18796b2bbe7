namespace GokaAkka.Kafka;

/// <summary>
/// Makes table readers of another kind than the plain consumer: <c>goka.kafka.table-reader</c> names a class that implements this. It is made once
/// per actor system, by its public constructor that takes an <c>Akka.Actor.ActorSystem</c> or, if it has none, by the one that takes nothing.
/// Safe for concurrent use.
/// </summary>
public interface ITableReaderProvider
{
    /// <summary>Makes the reader of a processor or view. Called for each of them; whoever called it disposes the reader.</summary>
    /// <param name="settings">
    /// The native client's settings of a consumer that reads tables: GokaAkka's own, over them <c>goka.kafka.client</c>, over these
    /// <c>goka.kafka.table-consumer</c>.
    /// </param>
    /// <param name="where">Where the cluster is, for messages.</param>
    ITableReader Create(IReadOnlyDictionary<string, string> settings, string where);
}
