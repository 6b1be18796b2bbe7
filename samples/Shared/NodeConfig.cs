using System.Text.Encodings.Web;
using System.Text.Json;
using Akka.Configuration;

namespace GokaAkka.Samples;

/// <summary>The samples' HOCON: the library's defaults, but sooner to give up, so that a newcomer sees what is wrong within seconds.</summary>
static class NodeConfig
{
    static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Config Create(string brokers, string? control, string storeDirectory, bool verbose) => StopSignals.Settings.WithFallback(ConfigurationFactory.ParseString($$"""
        akka {
          loglevel = {{(verbose ? "INFO" : "OFF")}}
          stdout-loglevel = {{(verbose ? "WARNING" : "OFF")}}
        }
        goka {
          kafka {
            bootstrap-servers = {{Quoted(brokers)}}
            embedded-control = {{Quoted(control ?? "")}}
            connect-timeout = 5s
            {{(control is null ? "" : ForEmbeddedBroker)}}
          }
          processor {
            commit-interval = 200ms
            restart {
              min-backoff = 200ms
              max-restarts = 3
            }
          }
          storage.directory = {{Quoted(storeDirectory)}}
          emitter.close-timeout = 5s
          web.port = 0
        }
        """));

    // On the embedded broker a rebalance takes the session time-out less 1 s, and an idle fetch is answered only when its wait is over. A real
    // cluster has neither trait, and refuses sessions this short.
    const string ForEmbeddedBroker = """
        consumer {
          session.timeout.ms = 2000
          heartbeat.interval.ms = 100
          fetch.wait.max.ms = 20
        }
        table-consumer.fetch.wait.max.ms = 20
        """;

    // HOCON's quoted strings are JSON's.
    static string Quoted(string text) => JsonSerializer.Serialize(text, Relaxed);
}
