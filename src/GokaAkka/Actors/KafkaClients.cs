using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Confluent.Kafka;
using GokaAkka.Actors.Configuration;
using GokaAkka.Kafka.Confluent;

namespace GokaAkka.Actors;

/// <summary>Makes the client of the cluster that the configuration names.</summary>
static class KafkaClients
{
    const string Key = "goka.kafka.table-reader";
    const string Plain = "consumer";

    // What the native clients have to say is found by this name, and can be told apart from what GokaAkka says.
    const string LogSource = "GokaAkka.Kafka.Client";

    /// <exception cref="ConfigurationException">There is no table reader as it is configured; the message says what to reference or set.</exception>
    public static IKafkaClient Create(GokaSettings settings, ActorSystem system) =>
        new ConfluentKafkaClient(settings.Kafka, TableReaders(settings, system), LogOf(system));

    static ClientLog LogOf(ActorSystem system)
    {
        var log = Logging.GetLogger(system, LogSource);
        return new ClientLog((level, line) => log.Log(
            level switch { <= SyslogLevel.Warning => LogLevel.WarningLevel, SyslogLevel.Notice => LogLevel.InfoLevel, _ => LogLevel.DebugLevel }, null, line));
    }

    static ITableReaderProvider? TableReaders(GokaSettings settings, ActorSystem system)
    {
        var (wanted, setting) = (settings.Kafka.TableReader, settings.Name(Key));
        if (string.Equals(wanted, Plain, StringComparison.OrdinalIgnoreCase))
            return null;
        return ConfiguredClass.Find(wanted, out var problem) is { } type
            ? ConfiguredClass.Make<ITableReaderProvider, ActorSystem>(type, setting, system)
            : throw new ConfigurationException(
                $"{setting} = '{wanted}' names no table reader: expected {Plain}, or 'Namespace.Class, Assembly' of an ITableReaderProvider, with its package "
                + $"referenced. {problem}");
    }
}
